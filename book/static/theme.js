// @ts-check
// Runs before the first paint, so that a chosen theme does not flash. Not a module
// for that reason.
(() => {
  const themes = ["auto", "light", "dark"];
  const key = "gopark:theme";

  /** @returns {string} */
  function chosen() {
    try {
      const theme = localStorage.getItem(key) ?? "auto";
      return themes.includes(theme) ? theme : "auto";
    } catch {
      return "auto"; // storage is forbidden
    }
  }

  /** @param {string} theme */
  function apply(theme) {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (button) {
      button.textContent = `Theme: ${theme}`;
    }
  }

  apply(chosen());
  document.addEventListener("DOMContentLoaded", () => {
    apply(chosen());
    document.getElementById("theme")?.addEventListener("click", () => {
      const next = themes[(themes.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % themes.length];
      try {
        localStorage.setItem(key, next);
      } catch { /* it holds for this page */ }
      apply(next);
    });
  });
})();

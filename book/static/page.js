// @ts-check
// Where the browser begins. Read experiment.js for the page that runs something,
// lab.js for the one that one works on, figure.js for the moving picture, api.js for what is asked of the server.

import { setUpExperiment } from "./experiment.js";
import { setUpHelp } from "./keys.js";
import { setUpLab } from "./lab.js";
import { showMarks } from "./marks.js";
import { showProgress } from "./progress.js";
import { filterable } from "./table.js";

setUpHelp();
showMarks();
document.querySelectorAll(".cases").forEach((table) => filterable(/** @type {HTMLElement} */ (table)));
if (document.getElementById("experiment")) {
  setUpExperiment();
}
if (document.querySelector("#lab[data-works]")) {
  setUpLab();
}
if (document.getElementById("progress")) {
  showProgress();
}

package maxprocs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// cgroupLimit returns to how many cores, on average, the cgroup of this process is
// limited, and 0 if it is not. Like the runtime it looks at that cgroup only, not at
// those above it.
func cgroupLimit() (cores float64, err error) {
	membership, err := os.ReadFile("/proc/self/cgroup")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return 0, err
	}
	path, version := membershipOf(string(membership))
	dir, ok := directory(string(mounts), path, version)
	if !ok {
		return 0, nil // it cannot be seen from here, not by the runtime either
	}
	return readLimit(os.DirFS(dir), version)
}

// membershipOf finds the cgroup that limits processor time in the text of
// /proc/PID/cgroup, and whether it is of version 1 or 2; 0 if there is none.
func membershipOf(text string) (path string, version int) {
	for line := range strings.Lines(text) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, name, ok := strings.Cut(rest, ":")
		switch {
		case !ok:
		case slices.Contains(strings.Split(controllers, ","), "cpu"):
			return name, 1 // it is in use there, whatever version 2 says
		case controllers == "":
			path, version = name, 2
		}
	}
	return path, version
}

// directory finds the folder of a cgroup by the text of /proc/PID/mountinfo.
func directory(mounts, path string, version int) (string, bool) {
	for line := range strings.Lines(mounts) {
		before, after, _ := strings.Cut(line, " - ")
		where, what := strings.Fields(before), strings.Fields(after)
		if len(where) < 5 || len(what) < 3 {
			continue
		}
		ours := version == 2 && what[0] == "cgroup2" ||
			version == 1 && what[0] == "cgroup" && slices.Contains(strings.Split(what[2], ","), "cpu")
		if below, err := filepath.Rel(where[3], path); ours && err == nil && filepath.IsLocal(below) {
			return filepath.Join(where[4], below), true
		}
	}
	return "", false
}

// readLimit reads the limit from the files of a cgroup.
func readLimit(dir fs.FS, version int) (cores float64, err error) {
	var quota, period string
	if version == 1 {
		quota, err = readWord(dir, "cpu.cfs_quota_us")
		period, _ = readWord(dir, "cpu.cfs_period_us")
	} else {
		var both string
		both, err = readWord(dir, "cpu.max")
		quota, period, _ = strings.Cut(both, " ")
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil // the root has no limit
	case err != nil:
		return 0, err
	case quota == "max" || quota == "-1":
		return 0, nil
	}
	of, err := strconv.ParseFloat(quota, 64)
	if err != nil {
		return 0, fmt.Errorf("read quota: %w", err)
	}
	per, err := strconv.ParseFloat(period, 64)
	if err != nil || per <= 0 {
		return 0, fmt.Errorf("read period %q", period)
	}
	return of / per, nil
}

func readWord(dir fs.FS, name string) (string, error) {
	text, err := fs.ReadFile(dir, name)
	return strings.TrimSpace(string(text)), err
}

package process

import "testing"

func TestLocate(t *testing.T) {
	const (
		v2     = "31 23 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
		hybrid = "30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
			"31 30 0:27 / /sys/fs/cgroup/unified rw shared:4 - cgroup2 cgroup2 rw\n"
		bound  = "31 23 0:27 /pod/a /sys/fs/cgroup ro - cgroup2 cgroup ro\n"
		spaced = `31 23 0:27 / /mnt/c\040g rw - cgroup2 cgroup2 rw` + "\n"
	)
	for _, test := range []struct {
		name, mounts, cgroups, own, mount string // own empty: none
	}{
		{"root", v2, "0::/\n", "/sys/fs/cgroup", "/sys/fs/cgroup"},
		{"service", v2, "0::/system.slice/a.service\n", "/sys/fs/cgroup/system.slice/a.service", "/sys/fs/cgroup"},
		{"hybrid", hybrid, "4:memory:/x\n0::/y\n", "/sys/fs/cgroup/unified/y", "/sys/fs/cgroup/unified"},
		{"part of the hierarchy", bound, "0::/pod/a/b\n", "/sys/fs/cgroup/b", "/sys/fs/cgroup"},
		{"all of that part", bound, "0::/pod/a\n", "/sys/fs/cgroup", "/sys/fs/cgroup"},
		{"outside of it", bound, "0::/pod/ab\n", "", ""},
		{"above the namespace", v2, "0::/../x\n", "", ""},
		{"space", spaced, "0::/a b\n", "/mnt/c g/a b", "/mnt/c g"},
		{"version 1 alone", "", "4:memory:/x\n", "", ""},
		{"not mounted", "", "0::/\n", "", ""},
		{"nonsense", "a b\n - cgroup2 \n", "0::\n0::x\n", "", ""},
	} {
		own, mount, err := locate(test.mounts, test.cgroups)
		if own != test.own || mount != test.mount || (err == nil) != (test.own != "") {
			t.Errorf("%s: %q in %q, %v; want %q in %q", test.name, own, mount, err, test.own, test.mount)
		}
	}
}

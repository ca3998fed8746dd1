/* What the kernel says it is. */
#include <linux/init.h>
#include <linux/utsname.h>
#include <asm/processor.h>

#define UTS_RELEASE "2.6.32-stapy"
#define UTS_VERSION "#1 SMP Thu Dec 3 03:51:21 UTC 2009"

struct uts_namespace init_uts_ns = {
	.name = {
		.sysname = "Linux",
		.nodename = "stapy",
		.release = UTS_RELEASE,
		.version = UTS_VERSION,
		.machine = UTS_MACHINE,
		.domainname = "(none)",
	},
};

const char linux_banner[] = "Linux version " UTS_RELEASE " (" UTS_MACHINE ") " UTS_VERSION "\n";

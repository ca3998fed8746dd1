/* The end of the machine's run. */
#include <linux/kernel.h>
#include <linux/reboot.h>
#include <asm/machine.h>

void machine_power_off(void)
{
	machine_call(MC_POWEROFF, 0, 0);
}

void machine_halt(void)
{
	machine_call(MC_POWEROFF, 0, 0);
}

/* There is nobody who would start it again. */
void machine_restart(char *cmd)
{
	machine_call(MC_POWEROFF, 0, 0);
}

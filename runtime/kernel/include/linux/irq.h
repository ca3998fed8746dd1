/* Interrupt lines: one descriptor each. */
#ifndef _LINUX_IRQ_H
#define _LINUX_IRQ_H

#include <linux/interrupt.h>
#include <asm/ptrace.h>

#define NR_IRQS 16

#define IRQ_INPROGRESS	0x00000100
#define IRQ_DISABLED	0x00000200
#define IRQ_PENDING	0x00000400

struct irq_desc;
typedef void (*irq_flow_handler_t)(unsigned int irq, struct irq_desc *desc);

struct irq_desc {
	unsigned int irq;
	irq_flow_handler_t handle_irq;
	struct irqaction *action;
	unsigned int status;
	unsigned int depth;
	unsigned int irq_count;
	unsigned int irqs_unhandled;
	spinlock_t lock;
	unsigned int kstat_irqs[NR_CPUS];
	const char *name;
};

extern struct irq_desc irq_desc[NR_IRQS];
extern struct irq_desc *irq_to_desc(unsigned int irq);
extern irqreturn_t handle_IRQ_event(unsigned int irq, struct irqaction *action);
extern void handle_edge_irq(unsigned int irq, struct irq_desc *desc);
extern int early_irq_init(void);
extern void init_IRQ(void);

static inline void generic_handle_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);

	desc->handle_irq(irq, desc);
}

extern struct pt_regs *__irq_regs[NR_CPUS];
static inline struct pt_regs *get_irq_regs(void) { return __irq_regs[smp_processor_id()]; }
static inline struct pt_regs *set_irq_regs(struct pt_regs *new_regs)
{
	struct pt_regs *old = __irq_regs[smp_processor_id()];

	__irq_regs[smp_processor_id()] = new_regs;
	return old;
}

#endif

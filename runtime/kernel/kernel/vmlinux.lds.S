/* The layout of the kernel image, the same on all architectures but for sections that some compilers make. */
#include <asm/page.h>

#ifndef THREAD_ORDER
#define THREAD_ORDER	1	/* of a kernel stack */
#endif
#ifdef __mips__
#define LEFT_OUT	*(.MIPS.options) *(.MIPS.abiflags) *(.pdr) *(.gnu.attributes)
#else
#define LEFT_OUT
#endif

ENTRY(_start)
jiffies = jiffies_64;

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = PAGE_OFFSET + 0x1000000;
	_text = .;
	.text : {
		_stext = .;
		*(.head.text)
		*(.text .text.*)
		. = ALIGN(16);
		__sched_text_start = .;
		*(.sched.text)
		__sched_text_end = .;
		. = ALIGN(16);
		__lock_text_start = .;
		*(.spinlock.text)
		__lock_text_end = .;
		. = ALIGN(16);
		__kprobes_text_start = .;
		*(.kprobes.text)
		__kprobes_text_end = .;
		. = ALIGN(16);
		__irqentry_text_start = .;
		*(.irqentry.text)
		__irqentry_text_end = .;
		_etext = .;
	} :text
	. = ALIGN(PAGE_SIZE);
	.init.text : {
		_sinittext = .;
		*(.init.text)
		_einittext = .;
	} :text
	. = ALIGN(PAGE_SIZE);
	.rodata : { *(.rodata .rodata.*) } :data
#ifdef __powerpc64__
	/* Function descriptors: where a function is, and what r2 has to be in it. */
	.opd : ALIGN(8) { KEEP(*(.opd)) } :data
	.got : ALIGN(256) { *(.got .toc) } :data
#endif
#ifdef __s390x__
	.got : ALIGN(8) { *(.got .got.plt) } :data
#endif
	__ksymtab : { __start___ksymtab = .; *(__ksymtab) __stop___ksymtab = .; } :data
	__ksymtab_gpl : { __start___ksymtab_gpl = .; *(__ksymtab_gpl) __stop___ksymtab_gpl = .; } :data
	__ksymtab_strings : { *(__ksymtab_strings) } :data
	.init.data : {
		*(.init.data)
		. = ALIGN(8);
		__initcall_start = .;
		*(.initcallearly.init)
		__early_initcall_end = .;
		*(.initcall1.init)
		*(.initcall2.init)
		*(.initcall3.init)
		*(.initcall4.init)
		*(.initcall5.init)
		*(.initcall5x.init)
		*(.initcall6.init)
		*(.initcall7.init)
		__initcall_end = .;
	} :data
	. = ALIGN(PAGE_SIZE << THREAD_ORDER);
	.data : {
		_sdata = .;
		*(.data.init_task)
		*(.data .data.*)
		_edata = .;
	} :data
	. = ALIGN(PAGE_SIZE);
	.bss : {
		__bss_start = .;
		*(.bss .bss.*)
		. = ALIGN(PAGE_SIZE);
		__bss_stop = .;
	} :data
	.kallsyms : { *(.kallsyms) } :data
	. = ALIGN(PAGE_SIZE);
	_end = .;

	/DISCARD/ : { *(.note.*) *(.eh_frame) *(.comment) LEFT_OUT }
}

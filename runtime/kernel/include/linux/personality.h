#ifndef _LINUX_PERSONALITY_H
#define _LINUX_PERSONALITY_H

#define PER_LINUX		0x0000
#define PER_MASK		0x00ff
#define ADDR_NO_RANDOMIZE	0x0040000
#define READ_IMPLIES_EXEC	0x0400000

#define set_personality(pers) (current->personality = (pers))

#endif

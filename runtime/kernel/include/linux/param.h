#ifndef _LINUX_PARAM_H
#define _LINUX_PARAM_H

#define EXEC_PAGESIZE	4096
#define NOGROUP		(-1)
#define MAXHOSTNAMELEN	64

#endif

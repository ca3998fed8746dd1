/* A little program for a bare CPU, which attach.py runs on Unicorn and probes: `make -C samples/attach` builds it. */

struct packet {
	const char *name;
	unsigned int length;
	struct packet *next;
};

static struct packet second = { "second", 7, 0 };
struct packet first = { "first", 3, &second };
unsigned int total;

__attribute__((noinline)) unsigned int mix(unsigned int seed, const struct packet *packet)
{
	unsigned int i;

	for (i = 0; i < packet->length; i++)
		seed = seed * 31 + i;
	return seed;
}

__attribute__((noinline)) unsigned int walk(const struct packet *packet, unsigned int seed)
{
	if (!packet)
		return seed;
	seed = mix(seed, packet);
	return walk(packet->next, seed) ^ packet->length;
}

void start(void)
{
	total = walk(&first, 5);
}

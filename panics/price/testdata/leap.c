// What setjmp and longjmp do where Go has panic and recover: three ways to leave nested
// calls, what each costs, and what becomes of the clean-up on the way.

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum way { ERROR, LEAP, FAULT };

static sigjmp_buf back;
static int *volatile nowhere;
static volatile int cleanups;

static __attribute__((noinline)) int descend(int frames, enum way way) {
	if (frames > 1) {
		int err = descend(frames - 1, way);
		if (err)
			return err;
		__asm__ volatile(""); // so that the call is not the last thing here
		return 0;
	}
	if (way == LEAP)
		siglongjmp(back, 1);
	if (way == FAULT)
		*nowhere = 1;
	return 1;
}

static void leave(int frames, enum way way) {
	if (way == ERROR) {
		if (!descend(frames, way))
			abort();
	} else if (sigsetjmp(back, 0) == 0) {
		descend(frames, way);
	}
}

static void caught(int sig) {
	(void)sig;
	siglongjmp(back, 1);
}

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

// The best of some rounds: what disturbs a round makes it longer.
static double cost(int frames, enum way way) {
	double best = 1e18;
	for (int round = 0; round < 12; round++) {
		int n = 0;
		double begin = now(), took;
		do {
			for (int i = 0; i < 20; i++)
				leave(frames, way);
			n += 20;
			took = now() - begin;
		} while (took < 2e5);
		if (took / n < best)
			best = took / n;
	}
	return best;
}

static void cleaned(int *frame) {
	(void)frame;
	cleanups++;
}

static __attribute__((noinline)) void descend_cleaning(int frames) {
	int frame __attribute__((cleanup(cleaned))) = frames;
	if (frames > 1)
		descend_cleaning(frames - 1);
	else
		siglongjmp(back, 0);
	__asm__ volatile("" ::"r"(&frame));
}

int main(void) {
	static const char *names[] = {"error", "leap", "fault"};
	static const int depths[] = {1, 3, 10, 30, 100};
	const int how_many = sizeof depths / sizeof *depths;
	struct sigaction action = {.sa_handler = caught, .sa_flags = SA_NODEFER};
	sigaction(SIGSEGV, &action, 0);
	sigaction(SIGBUS, &action, 0);
	for (int w = ERROR; w <= FAULT; w++)
		for (int d = 0; d < how_many; d++)
			printf("%s %.1f\n", names[w], cost(depths[d], w));
	int received = sigsetjmp(back, 0);
	if (received == 0)
		descend_cleaning(100);
	printf("cleanups %d\nreceived %d\n", cleanups, received);
	return 0;
}

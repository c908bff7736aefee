// The kernel's readiness notification, epoll(7), and its neighbours that Swift's Glibc module leaves out. The last two are
// declared here: their headers show them with _GNU_SOURCE only, which would make another module of the C library.
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

int accept4(int descriptor, void *address, unsigned int *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);

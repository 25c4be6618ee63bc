/*
 * Preloaded into processes under test: before each fsync and fdatasync it reads the file named by WEIR_CHAOS_FSYNC, which holds
 * `ok`, `fail` (EIO), `full` (ENOSPC) or a number of milliseconds to wait. Node syncs in its thread pool, which goes through libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int order(void) {
  const char *path = getenv("WEIR_CHAOS_FSYNC");
  if (path == NULL) return 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[32] = {0};
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return 0;
  if (strncmp(text, "fail", 4) == 0) return EIO;
  if (strncmp(text, "full", 4) == 0) return ENOSPC;
  long ms = strtol(text, NULL, 10);
  if (ms > 0) {
    struct timespec wait = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&wait, NULL);
  }
  return 0;
}

static int synced(const char *name, int fd) {
  int error = order();
  if (error != 0) {
    errno = error;
    return -1;
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(fd);
}

int fsync(int fd) { return synced("fsync", fd); }
int fdatasync(int fd) { return synced("fdatasync", fd); }

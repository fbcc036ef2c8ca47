// Counts the heap allocations of a process, thread by thread: loaded before the C library (LD_PRELOAD), it stands in front of
// malloc and its kin, which operator new calls too. The counts lie in the file that ALLOC_COUNT_FILE names, mapped, so that
// others read them while the process runs: an array of struct counts, of which those with a thread are used. glibc only.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

struct counts {
  _Atomic uint64_t thread;  // its id; 0: not used
  _Atomic uint64_t allocations;
  _Atomic uint64_t bytes;
};

enum { kThreads = 4096 };

static struct counts before_main[1];  // of what is allocated before the file is there
static struct counts* _Atomic all;
static _Atomic uint32_t used;
static __thread struct counts* mine __attribute__((tls_model("initial-exec")));

__attribute__((constructor)) static void open_file(void) {
  const char* name = getenv("ALLOC_COUNT_FILE");
  if (name == NULL) return;
  const int file = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const size_t size = kThreads * sizeof(struct counts);
  if (file < 0 || ftruncate(file, (off_t)size) != 0) abort();
  void* mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) abort();
  close(file);
  atomic_store(&all, mapped);
}

static struct counts* counts_of_this_thread(void) {
  if (mine != NULL) return mine;
  struct counts* const array = atomic_load(&all);
  if (array == NULL) return before_main;
  const uint32_t slot = atomic_fetch_add(&used, 1);
  // The last one is shared by all that come later.
  mine = &array[slot < kThreads ? slot : kThreads - 1];
  atomic_store(&mine->thread, (uint64_t)syscall(SYS_gettid));
  return mine;
}

static void count(size_t size) {
  struct counts* const counts = counts_of_this_thread();
  atomic_fetch_add_explicit(&counts->allocations, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&counts->bytes, size, memory_order_relaxed);
}

void* malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void* calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void* realloc(void* old, size_t size) {
  if (size > 0) count(size);
  return __libc_realloc(old, size);
}

void* memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void** to, size_t alignment, size_t size) {
  if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  *to = memalign(alignment, size);
  return *to == NULL ? ENOMEM : 0;
}

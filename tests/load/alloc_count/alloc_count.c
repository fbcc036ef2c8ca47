// Counts the heap allocations of a process, thread by thread: loaded before its allocator (LD_PRELOAD), it
// stands in front of malloc and its kin and of operator new. The counts lie in a file, mapped, so that others
// read them while the process runs: ALLOC_COUNT_FILE and the process's id, with a dot between; an array of
// struct counts, of which those with a thread are used.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

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
  const char* prefix = getenv("ALLOC_COUNT_FILE");
  if (prefix == NULL) return;
  char name[4096];
  if (snprintf(name, sizeof name, "%s.%d", prefix, (int)getpid()) >= (int)sizeof name) abort();
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

// The allocator's own, looked up at the first call. dlsym allocates only where it fails.
#define NEXT(function)                       \
  static __typeof__(&function) _Atomic next; \
  if (next == NULL) next = (__typeof__(&function))dlsym(RTLD_NEXT, #function)

void* malloc(size_t size) {
  NEXT(malloc);
  count(size);
  return next(size);
}

void* calloc(size_t number, size_t size) {
  NEXT(calloc);
  count(number * size);
  return next(number, size);
}

void* realloc(void* old, size_t size) {
  NEXT(realloc);
  if (size > 0) count(size);
  return next(old, size);
}

void* memalign(size_t alignment, size_t size) {
  NEXT(memalign);
  count(size);
  return next(alignment, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void** to, size_t alignment, size_t size) {
  if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  *to = memalign(alignment, size);
  return *to == NULL ? ENOMEM : 0;
}

// Operators new, by their names to the linker: an allocator may bring its own, which do not call malloc;
// those of the C++ library do, so malloc itself is called here. What these give, every operator delete takes.
static void* allocate(size_t size) {
  void* const memory = malloc(size);
  if (memory == NULL) abort();  // an exception is none of ours to throw
  return memory;
}

static void* allocate_aligned(size_t size, size_t alignment) {
  void* const memory = memalign(alignment, size);
  if (memory == NULL) abort();
  return memory;
}

struct nothrow;
void* _Znwm(size_t size) {
  return allocate(size);
}
void* _Znam(size_t size) {
  return allocate(size);
}
void* _ZnwmRKSt9nothrow_t(size_t size, const struct nothrow* tag) {
  return (void)tag, malloc(size);
}
void* _ZnamRKSt9nothrow_t(size_t size, const struct nothrow* tag) {
  return (void)tag, malloc(size);
}
void* _ZnwmSt11align_val_t(size_t size, size_t alignment) {
  return allocate_aligned(size, alignment);
}
void* _ZnamSt11align_val_t(size_t size, size_t alignment) {
  return allocate_aligned(size, alignment);
}
void* _ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const struct nothrow* tag) {
  return (void)tag, memalign(alignment, size);
}
void* _ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const struct nothrow* tag) {
  return (void)tag, memalign(alignment, size);
}

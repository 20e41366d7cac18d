// Tells the thread sanitizer of Swift's Mutex. Preloaded by scripts/sanitize; Linux only.
//
// The standard library inlines locking and unlocking without contention, so the sanitizer sees their atomics. With
// contention libswiftSynchronization, which has no instruments, leaves both to the kernel, and everything that the lock
// protects would be reported as a race. These wrappers add what the inlined code has: acquire and release.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void LockSlow(unsigned thread, __attribute__((swift_context)) void *mutex);
typedef __attribute__((swiftcall)) void UnlockSlow(__attribute__((swift_context)) void *mutex);

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

LockSlow lockSlow __asm__(LOCK_SLOW);
UnlockSlow unlockSlow __asm__(UNLOCK_SLOW);

__attribute__((swiftcall)) void lockSlow(unsigned thread, __attribute__((swift_context)) void *mutex) {
    ((LockSlow *)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, mutex);
    if (__tsan_acquire != NULL) __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlockSlow(__attribute__((swift_context)) void *mutex) {
    if (__tsan_release != NULL) __tsan_release(mutex);
    ((UnlockSlow *)dlsym(RTLD_NEXT, UNLOCK_SLOW))(mutex);
}

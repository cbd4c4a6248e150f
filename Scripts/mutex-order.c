// Tells the thread sanitizer what a contended Mutex of Swift's standard library orders: the waiting is done within the
// library, which is not built with the sanitizer. Without this it takes what such a Mutex protects for a race. Loaded by
// LD_PRELOAD in front of the library's own functions, which are the slow paths of Mutex on Linux (Swift 6.3,
// stdlib/public/Synchronization/Mutex/LinuxImpl.swift); processes without the sanitizer are none the wiser.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

// A method has its subject in a register of its own.
#define SUBJECT __attribute__((swift_context)) void *
#define SWIFT __attribute__((swiftcall))

SWIFT void lock_slow(uint32_t thread, SUBJECT handle) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT bool try_lock_slow(SUBJECT handle) __asm__("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
SWIFT void unlock_slow(SUBJECT handle) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT void lock_slow(uint32_t thread, SUBJECT handle) {
    SWIFT void (*next)(uint32_t, SUBJECT) =
        dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    next(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT bool try_lock_slow(SUBJECT handle) {
    SWIFT bool (*next)(SUBJECT) = dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
    bool locked = next(handle);
    if (locked && __tsan_acquire) __tsan_acquire(handle);
    return locked;
}

SWIFT void unlock_slow(SUBJECT handle) {
    SWIFT void (*next)(SUBJECT) = dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    if (__tsan_release) __tsan_release(handle);
    next(handle);
}

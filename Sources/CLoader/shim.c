#define _GNU_SOURCE
#include "CLoader.h"
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static int let_go(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    // The program itself has no name here; what the kernel maps without a file has no path.
    if (!object->dlpi_name || (object->dlpi_name[0] && object->dlpi_name[0] != '/')) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[index];
        if (header->p_type != PT_LOAD || header->p_flags & PF_W) continue;
        // Whole pages alone: the next segment may begin in the last one.
        uintptr_t start = (object->dlpi_addr + header->p_vaddr + page - 1) / page * page;
        uintptr_t end = (object->dlpi_addr + header->p_vaddr + header->p_memsz) / page * page;
        // Where it cannot be let go nothing is lost: it stays as it is.
        if (start < end && madvise((void *)start, end - start, MADV_DONTNEED) == 0) {
            *(unsigned long *)context += end - start;
        }
    }
    return 0;
}

unsigned long cloader_let_go(void) {
    unsigned long bytes = 0;
    dl_iterate_phdr(let_go, &bytes);
    return bytes;
}

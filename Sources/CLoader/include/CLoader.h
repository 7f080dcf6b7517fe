// What only the dynamic loader knows: where the program's and its libraries' files are mapped.
#ifndef CALLDESK_CLOADER_H
#define CALLDESK_CLOADER_H

// Takes the pages of mapped files that are never written to out of the process; a page that is used again is mapped again
// when it is touched. Returns how many bytes of address space that concerned.
//
// The loader is asked, which holds its list meanwhile, so that no library is in the middle of being mapped; a segment
// without the right to write is as its file has it (System V ABI, "Program Loading").
unsigned long cloader_let_go(void);

#endif

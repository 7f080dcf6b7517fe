#ifndef CALLDESK_CLIBXML2_SHIM_H
#define CALLDESK_CLIBXML2_SHIM_H

// Debian builds libxml2 with ICU, whose C headers clash with the ICU inside Foundation.
// None of what we call needs them: drop the switch before any other header looks at it.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/// xmlFree is a global function pointer, which Swift 6 rightly refuses to read from several threads.
static inline void calldesk_xml_free(void *memory) { xmlFree(memory); }

#endif

// What the manager's stream costs at the least: every line found, parted at its colon, name and value hashed; nothing kept.
// reference-split FOLDER BYTES reads every recording below FOLDER over and over, 64 KiB at a time, up to BYTES.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static unsigned long long lines;
static uint64_t sum;

static uint64_t hash(const char *bytes, size_t size) {
    uint64_t hash = 14695981039346656037u;
    for (size_t index = 0; index < size; index++) hash = (hash ^ (uint8_t)bytes[index]) * 1099511628211u;
    return hash;
}

static void feed(const char *bytes, size_t size) {
    const char *line = bytes, *end = bytes + size;
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        if (!feed) break;
        size_t length = (size_t)(feed - line);
        if (length && line[length - 1] == '\r') length--;
        lines++;
        if (length) {
            const char *colon = memchr(line, ':', length);
            size_t name = colon ? (size_t)(colon - line) : length;
            sum += hash(line, name) ^ hash(line + name, length - name);
        }
        line = feed + 1;
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    DIR *folder = opendir(arguments[1]);
    if (!folder) return 1;
    char *all = NULL;
    size_t size = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 4, ".txt") != 0) continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", arguments[1], entry->d_name);
        FILE *file = fopen(path, "rb");
        if (!file) return 1;
        char part[65536];
        for (size_t read; (read = fread(part, 1, sizeof part, file));) {
            all = realloc(all, size + read);
            if (!all) return 1;
            memcpy(all + size, part, read);
            size += read;
        }
        fclose(file);
    }
    closedir(folder);
    if (!size) return 1;
    struct timespec begun, ended;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    unsigned long long wanted = strtoull(arguments[2], NULL, 10), done = 0;
    for (; done < wanted; done += size) {
        for (size_t start = 0; start < size; start += 65536) feed(all + start, size - start < 65536 ? size - start : 65536);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
    double seconds = (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
    // The sums are printed so that no compiler may leave the work out.
    printf("reference split MB/s=%.0f lines=%llu hash=%llx\n", (double)done / seconds / 1e6, lines, (unsigned long long)sum);
    return 0;
}

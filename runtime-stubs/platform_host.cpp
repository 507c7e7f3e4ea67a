// SPDX-License-Identifier: 0BSD
// platform.h on a PC, with nothing but the C library.
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

void platform_print(const char* text) {
  fputs(text, stdout);
  fflush(stdout);  // the text must survive a crash right after
}

int32_t platform_read_file(const char* path, void* to, uint32_t capacity) {
  FILE* file = fopen(path, "rb");
  if (file == nullptr) return -1;
  const size_t bytes = fread(to, 1, capacity, file);
  const bool complete = ferror(file) == 0 && fgetc(file) == EOF && ferror(file) == 0 && bytes <= INT32_MAX;
  fclose(file);
  return complete ? static_cast<int32_t>(bytes) : -1;
}

int32_t platform_write_file(const char* path, const void* from, uint32_t bytes) {
  if (bytes > INT32_MAX) return -1;
  FILE* file = fopen(path, "wb");
  if (file == nullptr) return -1;
  const bool written = fwrite(from, 1, bytes, file) == bytes;
  const bool closed = fclose(file) == 0;  // reports a full disk
  return written && closed ? static_cast<int32_t>(bytes) : -1;
}

void platform_exit(int code) { exit(code); }

void platform_stack_paint(void) {}

uint32_t platform_stack_used(void) { return 0; }

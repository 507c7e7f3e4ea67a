// SPDX-License-Identifier: Apache-2.0
// QEMU TCG plugin: what one call of a function executes, by instruction address and by watched function.
//
//   -plugin qemu_counter.so,out=FILE,isa=thumb|riscv,begin=ADDRESS,ram_low=A,ram_high=A[,watch=ADDRESS]...
//
// Counts from the first time that the instruction at `begin` is reached until that call returns. Work done below a
// watched function (called ones included) is kept apart under its number, 1 for the first `watch`; all other work has
// number 0. FILE is text:
//   instructions N                     counted one by one, to check the sum of what follows
//   WATCH PC COUNT TAKEN RAM CONSTANT  hexadecimal PC; times executed, times a jump was made from there, accesses by
//   place
//
// Counting is by translated block, with a sum per instruction as a check. What is known about this interface of
// QEMU 7.2: instruction sizes are wrong near a page's end, so they are read from the code; distributions ship no
// header, so what is used is declared here (include/qemu/qemu-plugin.h of QEMU 7.2, interface version 1).
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
enum { kNoRegisters = 0 };     // enum qemu_plugin_cb_flags
enum { kReadsAndWrites = 3 };  // enum qemu_plugin_mem_rw
enum { kInlineAdd = 0 };       // enum qemu_plugin_op
typedef void (*TranslateCallback)(qemu_plugin_id_t, struct qemu_plugin_tb*);
typedef void (*ExecuteCallback)(unsigned, void*);
typedef void (*MemoryCallback)(unsigned, qemu_plugin_meminfo_t, uint64_t, void*);
typedef void (*ExitCallback)(qemu_plugin_id_t, void*);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, TranslateCallback);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb*, ExecuteCallback, int, void*);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn*, int, void*, uint64_t);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn*, MemoryCallback, int, int, void*);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, ExitCallback, void*);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t);
const void* qemu_plugin_insn_data(const struct qemu_plugin_insn*);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn*);

enum { kMostWatched = 4096 };

typedef struct {
  uint64_t pc;
  uint64_t* ram;  // accesses per watched function
  uint64_t* constant;
} Instruction;

typedef struct Block {
  struct Block* next;
  uint64_t start;
  uint64_t end;  // address after the last instruction
  int watch;     // number of the function that starts here, 0 = none
  size_t count;
  uint64_t* entered;  // per watched function
  uint64_t* left;     // ... and then not gone on at `end`
  Instruction instructions[];
} Block;

static struct {
  char out[4096];
  bool is_riscv;
  uint64_t begin, ram_low, ram_high;
  uint64_t watch[kMostWatched];
  int watched;
} options;

static Block* blocks;
static Block* previous;     // executed before the present one
static int previous_watch;  // and on whose account
static int current_watch;
static uint64_t return_of_watch;
static uint64_t return_of_begin;
static bool active, finished;
static uint64_t executed, executed_before;

static uint64_t instruction_bytes(const uint8_t* code) {
  if (options.is_riscv) return (code[0] & 3) == 3 ? 4 : 2;
  return (code[1] >> 3) >= 0x1d ? 4 : 2;
}

static void write_counts(void) {
  FILE* file = fopen(options.out, "w");
  if (!file) {
    fprintf(stderr, "cannot write %s\n", options.out);
    return;
  }
  fprintf(file, "instructions %" PRIu64 "\n", executed - executed_before);
  for (const Block* block = blocks; block; block = block->next) {
    for (int w = 0; w <= options.watched; ++w) {
      if (block->entered[w] == 0) continue;
      for (size_t i = 0; i < block->count; ++i) {
        const Instruction* at = &block->instructions[i];
        fprintf(file, "%d %" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", w, at->pc, block->entered[w],
                i + 1 == block->count ? block->left[w] : 0, at->ram[w], at->constant[w]);
      }
    }
  }
  fclose(file);
}

static void begin_or_end(const Block* block) {
  if (!active && !finished && block->start == options.begin) {
    active = true;
    return_of_begin = previous ? previous->end : 0;  // the call ends its block
    executed_before = executed;
    previous = NULL;
  } else if (active && block->start == return_of_begin) {
    ++previous->left[previous_watch];
    active = false;
    finished = true;
    write_counts();
  }
}

static void on_block(unsigned cpu, void* data) {
  (void)cpu;
  Block* block = data;
  begin_or_end(block);
  if (!active) {
    previous = block;
    return;
  }
  if (previous && previous->end != block->start) ++previous->left[previous_watch];
  if (current_watch != 0 && block->start == return_of_watch) current_watch = 0;
  if (current_watch == 0 && block->watch != 0) {
    current_watch = block->watch;
    return_of_watch = previous ? previous->end : 0;
  }
  ++block->entered[current_watch];
  previous = block;
  previous_watch = current_watch;
}

static void on_access(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void* data) {
  (void)cpu;
  (void)info;
  if (!active) return;
  Instruction* at = data;
  const bool in_ram = address >= options.ram_low && address < options.ram_high;
  ++(in_ram ? at->ram : at->constant)[current_watch];
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  (void)id;
  const size_t count = qemu_plugin_tb_n_insns(tb);
  const size_t accounts = (size_t)options.watched + 1;
  Block* block = calloc(1, sizeof *block + count * sizeof block->instructions[0]);
  uint64_t* numbers = calloc((2 + 2 * count) * accounts, sizeof *numbers);
  if (!block || !numbers) {
    fprintf(stderr, "out of memory\n");
    abort();
  }
  block->count = count;
  block->entered = numbers;
  block->left = numbers + accounts;
  for (size_t i = 0; i < count; ++i) {
    struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
    Instruction* at = &block->instructions[i];
    at->pc = qemu_plugin_insn_vaddr(insn);
    at->ram = numbers + (2 + 2 * i) * accounts;
    at->constant = at->ram + accounts;
    block->end = at->pc + instruction_bytes(qemu_plugin_insn_data(insn));
    qemu_plugin_register_vcpu_insn_exec_inline(insn, kInlineAdd, &executed, 1);
    qemu_plugin_register_vcpu_mem_cb(insn, on_access, kNoRegisters, kReadsAndWrites, at);
  }
  block->start = count ? block->instructions[0].pc : 0;
  for (int w = 0; w < options.watched; ++w) {
    if (options.watch[w] == block->start) block->watch = w + 1;
  }
  block->next = blocks;
  blocks = block;
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, kNoRegisters, block);
}

// A call that never returns (the program ended in it) counts until the end.
static void at_exit(qemu_plugin_id_t id, void* data) {
  (void)id;
  (void)data;
  if (active) write_counts();
}

static bool take_option(const char* text) {
  const char* equals = strchr(text, '=');
  if (!equals) return false;
  const size_t length = (size_t)(equals - text);
  const char* value = equals + 1;
  const uint64_t number = strtoull(value, NULL, 0);
#define IS(name) (length == sizeof name - 1 && memcmp(text, name, length) == 0)
  if (IS("out")) return snprintf(options.out, sizeof options.out, "%s", value) < (int)sizeof options.out;
  if (IS("isa")) return options.is_riscv = strcmp(value, "riscv") == 0, true;
  if (IS("begin")) return options.begin = number, true;
  if (IS("ram_low")) return options.ram_low = number, true;
  if (IS("ram_high")) return options.ram_high = number, true;
  if (!IS("watch") || options.watched == kMostWatched) return false;
#undef IS
  options.watch[options.watched++] = number;
  return true;
}

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info* info, int argc, char** argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (take_option(argv[i])) continue;
    fprintf(stderr, "qemu_counter: bad option %s\n", argv[i]);
    return 1;
  }
  if (!options.out[0]) {
    fprintf(stderr, "qemu_counter: no out=FILE\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, at_exit, NULL);
  return 0;
}

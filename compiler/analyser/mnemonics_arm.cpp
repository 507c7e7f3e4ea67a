// SPDX-License-Identifier: Apache-2.0
#include "compiler/analyser/mnemonics_arm.h"

namespace tinyc {
namespace {

constexpr MnemonicRow kRows[] = {
    {"mov", Op::move},
    {"movw", Op::move},
    {"cpy", Op::move},
    {"mvn", Op::move_not},
    {"movt", Op::move_top},
    {"add", Op::add},
    {"addw", Op::add},
    {"sub", Op::subtract},
    {"subw", Op::subtract},
    {"rsb", Op::reverse_subtract},
    {"adc", Op::add_carry},
    {"sbc", Op::subtract_carry},
    {"and", Op::bit_and},
    {"orr", Op::bit_or},
    {"eor", Op::bit_xor},
    {"bic", Op::bit_clear},
    {"orn", Op::bit_or_not},
    {"cmp", Op::subtract},
    {"cmn", Op::add},
    {"tst", Op::bit_and},
    {"teq", Op::bit_xor},
    {"lsl", Op::shift_left},
    {"lsr", Op::shift_right},
    {"asr", Op::shift_right_signed},
    {"ror", Op::rotate_right},
    {"mul", Op::multiply},
    {"mla", Op::multiply_add},
    {"mls", Op::multiply_subtract},
    {"umull", Op::multiply_long},
    {"smull", Op::multiply_long, 8, true},
    {"udiv", Op::divide},
    {"sdiv", Op::divide_signed},
    {"sxtb", Op::sign_extend, 1},
    {"sxth", Op::sign_extend, 2},
    {"uxtb", Op::zero_extend, 1},
    {"uxth", Op::zero_extend, 2},
    {"ubfx", Op::extract},
    {"sbfx", Op::extract_signed},
    {"clz", Op::count_zeros},
    {"adr", Op::address_of},
    {"ldr", Op::load},
    {"ldrb", Op::load, 1},
    {"ldrh", Op::load, 2},
    {"ldrsb", Op::load, 1, true},
    {"ldrsh", Op::load, 2, true},
    {"ldrd", Op::load_pair},
    {"str", Op::store},
    {"strb", Op::store, 1},
    {"strh", Op::store, 2},
    {"strd", Op::store_pair},
    {"ldm", Op::load_many},
    {"ldmdb", Op::load_many},
    {"pop", Op::load_many},
    {"stm", Op::store_many},
    {"stmdb", Op::store_many},
    {"push", Op::store_many},
    {"vpush", Op::store_many},
    {"vstmia", Op::store_many},
    {"vstmdb", Op::store_many},
    {"vpop", Op::load_many},
    {"vldmia", Op::load_many},
    {"vldmdb", Op::load_many},
    {"b", Op::branch},
    {"cbz", Op::branch_if_zero},
    {"cbnz", Op::branch_unless_zero},
    {"tbb", Op::branch_table, 1},
    {"tbh", Op::branch_table, 2},
    {"bl", Op::call},
    {"blx", Op::call_register},
    {"bx", Op::branch_register},
    {"dls", Op::loop_start},
    {"wls", Op::while_start},
    {"le", Op::loop_end},
    {"dlstp", Op::loop_start},
    {"wlstp", Op::while_start},
    {"letp", Op::loop_end},
    {"bkpt", Op::stop},
    {"udf", Op::stop},
    {"svc", Op::stop},
};

}  // namespace

const MnemonicRow* mnemonic_row(std::string_view word) {
  for (const MnemonicRow& row : kRows) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

}  // namespace tinyc

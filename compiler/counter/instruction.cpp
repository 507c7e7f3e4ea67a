// SPDX-License-Identifier: Apache-2.0
#include "compiler/counter/instruction.h"

namespace tinyc {

InstructionClass class_of(Kind kind) {
  switch (kind) {
    case Kind::alu:
    case Kind::it:
      return InstructionClass::alu;
    case Kind::multiply:
    case Kind::multiply_add:
    case Kind::multiply_long:
    case Kind::multiply_add_long:
    case Kind::multiply_half:
    case Kind::multiply_dual:
      return InstructionClass::multiply;
    case Kind::divide:
      return InstructionClass::divide;
    case Kind::load:
    case Kind::load_double:
    case Kind::load_multiple:
    case Kind::float_load:
    case Kind::float_load_multiple:
      return InstructionClass::load;
    case Kind::store:
    case Kind::store_double:
    case Kind::store_multiple:
    case Kind::float_store:
    case Kind::float_store_multiple:
      return InstructionClass::store;
    case Kind::branch:
    case Kind::call:
    case Kind::branch_register:
    case Kind::branch_table:
    case Kind::loop:
      return InstructionClass::branch;
    case Kind::float_alu:
    case Kind::float_mac:
    case Kind::float_divide:
    case Kind::float_move:
      return InstructionClass::real;
    case Kind::vector_alu:
    case Kind::vector_mac:
    case Kind::vector_load:
    case Kind::vector_store:
      return InstructionClass::vector;
    case Kind::system:
      return InstructionClass::other;
  }
  return InstructionClass::other;
}

std::string_view class_name(InstructionClass c) {
  constexpr std::string_view kNames[kInstructionClasses] = {"alu",    "multiply", "divide", "load", "store",
                                                            "branch", "float",    "vector", "other"};
  return kNames[static_cast<int>(c)];
}

}  // namespace tinyc

// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/foreign_formats.h"

namespace tinyc {
namespace {

struct Signature {
  size_t offset;
  std::string_view bytes;
  ForeignFormat format;
};

constexpr Signature kSignatures[] = {
    {0, "version https://git-lfs", {"a Git LFS pointer", "fetch the model itself with `git lfs pull`"}},
    {0, "\x89HDF", {"an HDF5 file (Keras)", "convert it with `python3 -m tf2onnx.convert --keras`"}},
    {0,
     "PK\x03\x04",
     {"a zip archive (PyTorch, Keras or a plain .zip)", "export it with `torch.onnx.export`, or unpack it first"}},
    {0, "\x1f\x8b", {"a gzip file", "unpack it with `gunzip` first"}},
    {0, "<", {"an HTML or XML page", "the download probably failed; fetch the raw file"}},
    {0, "{", {"JSON text", "export the model again as binary ONNX"}},
    {4, "TFL3", {"a TensorFlow Lite model", "convert it with `python3 -m tf2onnx.convert --tflite`"}},
    {4, "ORTM", {"an ONNX Runtime format model (.ort)", "use the .onnx file that it was made from"}},
};

}  // namespace

ForeignFormat recognise_foreign_format(std::string_view bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.size() < signature.offset) continue;
    if (bytes.substr(signature.offset).starts_with(signature.bytes)) return signature.format;
  }
  return {};
}

}  // namespace tinyc

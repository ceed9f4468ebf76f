#include "csentencepiece.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

struct LWSentencePiece {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

void write_reason(const char *text, char *reason, size_t capacity) {
  if (reason == nullptr || capacity == 0) return;
  const size_t count = std::min(std::strlen(text), capacity - 1);
  std::memcpy(reason, text, count);
  reason[count] = 0;
}

/// Runs `body`, which returns a status; no exception leaves it. True when all went well.
template <typename Body>
bool guarded(char *reason, size_t capacity, Body body) {
  try {
    const sentencepiece::util::Status status = body();
    if (!status.ok()) write_reason(status.error_message(), reason, capacity);
    return status.ok();
  } catch (const std::exception &error) {
    write_reason(error.what(), reason, capacity);
  } catch (...) {
    write_reason("unknown failure", reason, capacity);
  }
  return false;
}

}  // namespace

extern "C" LWSentencePiece *lw_sentencepiece_load(const void *bytes, size_t count, char *reason, size_t capacity) {
  auto *model = new (std::nothrow) LWSentencePiece;
  if (model == nullptr) {
    write_reason("out of memory", reason, capacity);
    return nullptr;
  }
  const bool loaded = guarded(reason, capacity, [&] {
    return model->processor.LoadFromSerializedProto({static_cast<const char *>(bytes), count});
  });
  if (loaded) return model;
  delete model;
  return nullptr;
}

extern "C" void lw_sentencepiece_free(LWSentencePiece *model) { delete model; }

extern "C" int32_t lw_sentencepiece_pad_id(const LWSentencePiece *model) { return model->processor.pad_id(); }

extern "C" int32_t lw_sentencepiece_end_id(const LWSentencePiece *model) { return model->processor.eos_id(); }

extern "C" int64_t lw_sentencepiece_normalize(
  const LWSentencePiece *model, const char *text, size_t count, char *normalized, size_t capacity, char *reason,
  size_t reasonCapacity) {
  int64_t length = -1;
  guarded(reason, reasonCapacity, [&] {
    // Versions before 0.2 don't offer the normalizer alone, but the pieces of a text are its normalized form, cut.
    std::vector<std::string> pieces;
    const auto status = model->processor.Encode({text, count}, &pieces);
    if (!status.ok()) return status;
    std::string all;
    for (const std::string &piece : pieces) all += piece;
    std::copy_n(all.data(), std::min(all.size(), capacity), normalized);
    length = static_cast<int64_t>(all.size());
    return status;
  });
  return length;
}

#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A loaded sentencepiece model. Normalizing doesn't change it, so several threads may share one.
typedef struct LWSentencePiece LWSentencePiece;

/// Loads a model from the bytes of a `spiece.model` file. Returns NULL on failure and writes the library's reason, cut to
/// `capacity` bytes with its terminating zero, into `reason`. The caller has checked the bytes: the library itself trusts the
/// tables inside.
LWSentencePiece *lw_sentencepiece_load(const void *bytes, size_t count, char *reason, size_t capacity);

void lw_sentencepiece_free(LWSentencePiece *model);

/// Ids of the pieces with these roles; negative where the model has none.
int32_t lw_sentencepiece_pad_id(const LWSentencePiece *model);
int32_t lw_sentencepiece_end_id(const LWSentencePiece *model);

/// Normalizes UTF-8 text of `count` bytes as the model does before it looks for pieces: characters replaced, spaces unified and
/// written as U+2581. Writes at most `capacity` bytes and returns how many the result has, or a negative number on failure with
/// its reason as above.
int64_t lw_sentencepiece_normalize(
  const LWSentencePiece *model, const char *text, size_t count, char *normalized, size_t capacity, char *reason,
  size_t reasonCapacity);

#ifdef __cplusplus
}
#endif

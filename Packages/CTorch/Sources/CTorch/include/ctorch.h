// libtorch behind a pure C header. Every fallible function returns 0 for success and 1 for failure; the failure's text is then in
// ct_last_error(), which belongs to the calling thread. No C++ exception crosses this border.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Nullability is for Swift's importer; g++, which rebuilds this library on boxes without Swift, doesn't know it.
#ifndef __clang__
#define _Nonnull
#define _Nullable
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// One owned reference to a TensorImpl.
typedef struct ct_tensor_impl *ct_tensor;
/// An operator found in the dispatcher; lives as long as the process.
typedef const struct ct_op_impl *ct_op;
/// One owned random number generator.
typedef struct ct_generator_impl *ct_generator;

/// What a ct_value holds; `bits` is the value itself or a pointer to `count` elements.
typedef enum ct_tag : uint32_t {
  CT_NONE = 0,
  CT_DEFAULT,       // take the schema's default
  CT_TENSOR,        // bits: ct_tensor, borrowed as argument, owned as result
  CT_INT,           // bits: int64_t
  CT_DOUBLE,        // bits: bit pattern of a double
  CT_BOOL,          // bits: 0 or 1
  CT_STRING,        // bits: const char *, count bytes
  CT_INTS,          // bits: const int64_t *
  CT_DOUBLES,       // bits: const double *
  CT_TENSORS,       // bits: const ct_tensor *
  CT_OPT_TENSORS,   // bits: const ct_tensor *, null elements allowed
  CT_DTYPE,         // bits: c10::ScalarType
  CT_DEVICE,        // bits: ct_device packed as type << 32 | (uint32_t)index
  CT_MEMORY_FORMAT, // bits: c10::MemoryFormat
  CT_GENERATOR,     // bits: ct_generator, borrowed
} ct_tag;

typedef struct ct_value {
  ct_tag tag;
  uint32_t count;
  uint64_t bits;
} ct_value;

const char *_Nonnull ct_last_error(void);
const char *_Nonnull ct_torch_version(void);

// Operators
int ct_op_find(const char *_Nonnull name, const char *_Nonnull overload, ct_op _Nullable *_Nonnull op);
/// The schema's text; the caller frees it with ct_string_free.
char *_Nonnull ct_op_schema(ct_op _Nonnull op);
void ct_string_free(char *_Nullable text);
/// Calls an operator. Arguments are borrowed; missing and CT_DEFAULT ones are filled from the schema. Up to `capacity` results are
/// written: tensors (also those inside a returned list, one after another), integers, doubles and booleans.
int ct_call(
  ct_op _Nonnull op, const ct_value *_Nullable arguments, size_t argument_count, ct_value *_Nullable results, size_t capacity,
  size_t *_Nonnull result_count);

// Tensors
void ct_tensor_release(ct_tensor _Nonnull tensor);
ct_tensor _Nonnull ct_tensor_undefined(void);
bool ct_tensor_defined(ct_tensor _Nonnull tensor);
int ct_tensor_dim(ct_tensor _Nonnull tensor, int64_t *_Nonnull dim);
int ct_tensor_sizes(ct_tensor _Nonnull tensor, int64_t *_Nonnull sizes);
int ct_tensor_strides(ct_tensor _Nonnull tensor, int64_t *_Nonnull strides);
int64_t ct_tensor_numel(ct_tensor _Nonnull tensor);
int32_t ct_tensor_dtype(ct_tensor _Nonnull tensor);
void ct_tensor_device(ct_tensor _Nonnull tensor, int32_t *_Nonnull type, int32_t *_Nonnull index);
bool ct_tensor_is_contiguous(ct_tensor _Nonnull tensor);
/// Address of the first element; device memory for device tensors, null for undefined, empty and meta tensors.
void *_Nullable ct_tensor_data(ct_tensor _Nonnull tensor);
/// Bytes of the storage the tensor is a view of, and an address that is equal for two tensors exactly if they share it.
size_t ct_tensor_storage_bytes(ct_tensor _Nonnull tensor);
const void *_Nullable ct_tensor_storage(ct_tensor _Nonnull tensor);
/// A tensor over foreign memory. `release` runs with `context` once: when the last view of it goes, or
/// before a failure is returned.
int ct_tensor_from_blob(
  void *_Nonnull data, const int64_t *_Nullable sizes, size_t dim, int32_t dtype, void (*_Nonnull release)(void *_Nullable),
  void *_Nullable context, ct_tensor _Nullable *_Nonnull tensor);

// Autograd
bool ct_requires_grad(ct_tensor _Nonnull tensor);
int ct_set_requires_grad(ct_tensor _Nonnull tensor, bool value);
/// The accumulated gradient, or null.
int ct_grad(ct_tensor _Nonnull tensor, ct_tensor _Nullable *_Nonnull gradient);
int ct_set_grad(ct_tensor _Nonnull tensor, ct_tensor _Nullable gradient);
int ct_backward(
  const ct_tensor _Nonnull *_Nonnull outputs, const ct_tensor _Nullable *_Nullable seeds, size_t count, bool retain_graph);
/// Gradients of outputs with respect to inputs; null where an input was not used and allow_unused is set.
int ct_gradients(
  const ct_tensor _Nonnull *_Nonnull outputs, const ct_tensor _Nullable *_Nullable seeds, size_t output_count,
  const ct_tensor _Nonnull *_Nonnull inputs, size_t input_count, bool retain_graph, bool create_graph, bool allow_unused,
  ct_tensor _Nullable *_Nonnull gradients);
bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool enabled);  // thread-local

// Random numbers
int ct_generator_new(int32_t device_type, int32_t device_index, uint64_t seed, ct_generator _Nullable *_Nonnull generator);
void ct_generator_free(ct_generator _Nonnull generator);
/// The state as a new byte tensor, and its restoring.
int ct_generator_state(ct_generator _Nonnull generator, ct_tensor _Nullable *_Nonnull state);
int ct_generator_set_state(ct_generator _Nonnull generator, ct_tensor _Nonnull state);

// The machine
int32_t ct_threads(void);
void ct_set_threads(int32_t count);
/// Gives freed heap pages back to the system (glibc; nothing elsewhere) and empties the accelerator's cache.
void ct_trim(void);
/// Parses "cpu", "cuda", "cuda:1", "mps".
int ct_device_parse(const char *_Nonnull name, int32_t *_Nonnull type, int32_t *_Nonnull index);
/// Loads the CUDA half of libtorch if it lies beside the CPU half; nothing refers to it, so the linker leaves it out.
void ct_load_accelerator(void);
/// Number of devices of that type (1 for the CPU).
int32_t ct_device_count(int32_t type);

#ifdef __cplusplus
}
#endif

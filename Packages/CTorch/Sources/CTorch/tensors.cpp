// Tensors as handles: ownership, shape, memory.
#include <ATen/ops/from_blob.h>

#include <memory>

#include "border.h"

using border::borrow;
using border::impl;

void ct_tensor_release(ct_tensor tensor) {
  // Through the null type: the undefined singleton is not counted.
  c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim(impl(tensor));
}

ct_tensor ct_tensor_undefined(void) { return border::own(at::Tensor()); }
bool ct_tensor_defined(ct_tensor tensor) { return impl(tensor) != at::UndefinedTensorImpl::singleton(); }

int ct_tensor_dim(ct_tensor tensor, int64_t *dim) {
  return border::guarded([&] { *dim = ct_tensor_defined(tensor) ? impl(tensor)->dim() : 0; });
}
int ct_tensor_sizes(ct_tensor tensor, int64_t *sizes) {
  return border::guarded([&] { for (auto size : impl(tensor)->sizes()) *sizes++ = size; });
}
int ct_tensor_strides(ct_tensor tensor, int64_t *strides) {
  return border::guarded([&] { for (auto stride : impl(tensor)->strides()) *strides++ = stride; });
}
int64_t ct_tensor_numel(ct_tensor tensor) { return ct_tensor_defined(tensor) ? impl(tensor)->numel() : 0; }

int32_t ct_tensor_dtype(ct_tensor tensor) {
  return static_cast<int32_t>(c10::typeMetaToScalarType(impl(tensor)->dtype()));
}

void ct_tensor_device(ct_tensor tensor, int32_t *type, int32_t *index) {
  auto device = ct_tensor_defined(tensor) ? impl(tensor)->device() : c10::Device(c10::kCPU);
  *type = static_cast<int32_t>(device.type());
  *index = device.index();
}

bool ct_tensor_is_contiguous(ct_tensor tensor) { return ct_tensor_defined(tensor) && impl(tensor)->is_contiguous(); }

void *ct_tensor_data(ct_tensor tensor) {
  if (!ct_tensor_defined(tensor) || impl(tensor)->numel() == 0 || impl(tensor)->device().is_meta()) return nullptr;
  return impl(tensor)->mutable_data();
}

size_t ct_tensor_storage_bytes(ct_tensor tensor) {
  return ct_tensor_defined(tensor) && impl(tensor)->has_storage() ? impl(tensor)->storage().nbytes() : 0;
}

const void *ct_tensor_storage(ct_tensor tensor) {
  return ct_tensor_defined(tensor) && impl(tensor)->has_storage() ? impl(tensor)->storage().unsafeGetStorageImpl() : nullptr;
}

int ct_tensor_from_blob(
  void *data, const int64_t *sizes, size_t dim, int32_t dtype, void (*release)(void *), void *context, ct_tensor *tensor) {
  return border::guarded([&] {
    // Shared, because from_blob may fail before or after it has taken the deleter over.
    std::shared_ptr<void> owner(context, release);
    auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype));
    auto view = at::from_blob(data, at::IntArrayRef(sizes, dim), [owner](void *) {}, options);
    *tensor = border::own(std::move(view));
  });
}

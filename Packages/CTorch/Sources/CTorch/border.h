// What every file of the shim needs at the border: handles to objects and back, and exceptions to error texts.
#pragma once

#if !__has_include(<ATen/ATen.h>)
#error "libtorch is not set up: run `make setup` at the repository's root"
#endif

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>

#include "ctorch.h"

namespace border {

std::string &last_error();

inline at::TensorImpl *impl(ct_tensor handle) { return reinterpret_cast<at::TensorImpl *>(handle); }

/// The tensor behind a handle, sharing ownership.
inline at::Tensor borrow(ct_tensor handle) {
  auto pointer = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::unsafe_reclaim_from_nonowning(impl(handle));
  return at::Tensor(std::move(pointer));
}

/// A handle that owns one reference.
inline ct_tensor own(at::Tensor tensor) { return reinterpret_cast<ct_tensor>(tensor.unsafeReleaseTensorImpl()); }

inline at::Generator *generator(ct_generator handle) { return reinterpret_cast<at::Generator *>(handle); }

inline c10::Device device(int32_t type, int32_t index) {
  return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}

/// Runs the body; an exception becomes the thread's error text and the result 1.
template <class Body>
int guarded(Body &&body) {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    last_error() = error.what_without_backtrace();
  } catch (const std::exception &error) {
    last_error() = error.what();
  } catch (...) {
    last_error() = "unknown C++ exception";
  }
  return 1;
}

}  // namespace border

// Threads, devices, memory and random numbers.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/version.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <mutex>

#include "border.h"

namespace border {
std::string &last_error() {
  thread_local std::string text;
  return text;
}
}  // namespace border

const char *ct_last_error(void) { return border::last_error().c_str(); }
const char *ct_torch_version(void) { return TORCH_VERSION; }

int32_t ct_threads(void) { return at::get_num_threads(); }
void ct_set_threads(int32_t count) { at::set_num_threads(count); }

namespace {

bool is_accelerator(int32_t type) {
  auto present = at::getAccelerator();
  return present.has_value() && *present == static_cast<c10::DeviceType>(type);
}

}  // namespace

void ct_trim(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
  border::guarded([] {
    if (at::getAccelerator().has_value() && at::accelerator::deviceCount() > 0) at::accelerator::emptyCache();
  });
}

int ct_device_parse(const char *name, int32_t *type, int32_t *index) {
  return border::guarded([&] {
    c10::Device device{std::string(name)};
    *type = static_cast<int32_t>(device.type());
    *index = device.index();
  });
}

void ct_load_accelerator(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    Dl_info place;
    if (!dladdr(reinterpret_cast<void *>(&at::get_num_threads), &place) || !place.dli_fname) return;
    std::string folder(place.dli_fname);
    folder.erase(folder.find_last_of('/') + 1);
#if defined(__APPLE__)
    const char *name = "libtorch_cuda.dylib";
#else
    const char *name = "libtorch_cuda.so";
#endif
    if (!dlopen((folder + name).c_str(), RTLD_NOW | RTLD_GLOBAL)) return;
    // fp32 means fp32: torch lets cuDNN multiply 10-bit mantissas (TF32) unless told otherwise, though not cuBLAS.
    at::globalContext().setAllowTF32CuDNN(false);
    // With torch 2.11 on an H100 the backward of cuDNN's attention reads out of bounds after a double block; flash attention's
    // doesn't.
    at::globalContext().setSDPUseCuDNN(false);
  });
}

int32_t ct_device_count(int32_t type) {
  if (type == static_cast<int32_t>(c10::DeviceType::CPU)) return 1;
  int32_t count = 0;
  border::guarded([&] {
    if (is_accelerator(type)) count = at::accelerator::deviceCount();
  });
  return count;
}

int ct_generator_new(int32_t device_type, int32_t device_index, uint64_t seed, ct_generator *generator) {
  return border::guarded([&] {
    auto device = border::device(device_type, device_index);
    auto made = device.is_cpu() ? at::make_generator<at::CPUGeneratorImpl>(seed)
                                : at::globalContext().defaultGenerator(device).clone();
    made.set_current_seed(seed);
    *generator = reinterpret_cast<ct_generator>(new at::Generator(std::move(made)));
  });
}

void ct_generator_free(ct_generator generator) { delete border::generator(generator); }

int ct_generator_state(ct_generator generator, ct_tensor *state) {
  return border::guarded([&] { *state = border::own(border::generator(generator)->get_state()); });
}

int ct_generator_set_state(ct_generator generator, ct_tensor state) {
  return border::guarded([&] { border::generator(generator)->set_state(border::borrow(state)); });
}

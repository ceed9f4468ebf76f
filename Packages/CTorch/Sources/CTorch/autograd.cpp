// libtorch's autograd: flags, accumulated gradients, backward passes.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include "border.h"

using border::borrow;
using border::own;
using torch::autograd::variable_list;

namespace {

variable_list borrowed(const ct_tensor *handles, size_t count) {
  variable_list list;
  list.reserve(count);
  for (size_t i = 0; i < count; i++) list.push_back(handles[i] ? borrow(handles[i]) : at::Tensor());
  return list;
}

}  // namespace

bool ct_requires_grad(ct_tensor tensor) { return ct_tensor_defined(tensor) && borrow(tensor).requires_grad(); }

int ct_set_requires_grad(ct_tensor tensor, bool value) {
  return border::guarded([&] { borrow(tensor).set_requires_grad(value); });
}

int ct_grad(ct_tensor tensor, ct_tensor *gradient) {
  return border::guarded([&] {
    at::Tensor found = borrow(tensor).grad();
    *gradient = found.defined() ? own(std::move(found)) : nullptr;
  });
}

int ct_set_grad(ct_tensor tensor, ct_tensor gradient) {
  return border::guarded([&] { borrow(tensor).mutable_grad() = gradient ? borrow(gradient) : at::Tensor(); });
}

int ct_backward(const ct_tensor *outputs, const ct_tensor *seeds, size_t count, bool retain_graph) {
  return border::guarded([&] {
    torch::autograd::backward(borrowed(outputs, count), seeds ? borrowed(seeds, count) : variable_list(), retain_graph);
  });
}

int ct_gradients(
  const ct_tensor *outputs, const ct_tensor *seeds, size_t output_count, const ct_tensor *inputs, size_t input_count,
  bool retain_graph, bool create_graph, bool allow_unused, ct_tensor *gradients) {
  return border::guarded([&] {
    auto found = torch::autograd::grad(
      borrowed(outputs, output_count), borrowed(inputs, input_count), seeds ? borrowed(seeds, output_count) : variable_list(),
      retain_graph, create_graph, allow_unused);
    for (size_t i = 0; i < found.size(); i++) gradients[i] = found[i].defined() ? own(std::move(found[i])) : nullptr;
  });
}

bool ct_grad_enabled(void) { return at::GradMode::is_enabled(); }
void ct_set_grad_enabled(bool enabled) { at::GradMode::set_enabled(enabled); }

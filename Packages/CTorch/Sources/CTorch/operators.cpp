// Operators by name through the dispatcher, with arguments converted as their schema asks.
#include <ATen/core/dispatch/Dispatcher.h>

#include <cstring>
#include <optional>
#include <vector>

#include "border.h"

using border::borrow;

namespace {

const c10::OperatorHandle &handle(ct_op op) { return *reinterpret_cast<const c10::OperatorHandle *>(op); }

double as_double(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// The type inside Optional[T]; T itself otherwise.
c10::TypePtr bare(const c10::TypePtr &type) {
  if (auto optional = type->cast<c10::OptionalType>()) return optional->getElementType();
  return type;
}

bool is_list(const c10::TypePtr &type) { return type->kind() == c10::TypeKind::ListType; }

c10::IValue scalar_for(const ct_value &value, const c10::TypePtr &type) {
  if (value.tag == CT_DOUBLE) return as_double(value.bits);
  auto number = static_cast<int64_t>(value.bits);
  if (type->kind() == c10::TypeKind::FloatType) return static_cast<double>(number);
  if (is_list(type)) return c10::List<int64_t>({number});
  return number;
}

c10::IValue convert(const ct_value &value, const c10::Argument &argument) {
  auto type = bare(argument.type());
  switch (value.tag) {
    case CT_NONE: return c10::IValue();
    case CT_TENSOR: return borrow(reinterpret_cast<ct_tensor>(value.bits));
    case CT_INT:
    case CT_DOUBLE: return scalar_for(value, type);
    case CT_BOOL: return value.bits != 0;
    case CT_STRING: return std::string(reinterpret_cast<const char *>(value.bits), value.count);
    case CT_INTS: {
      auto first = reinterpret_cast<const int64_t *>(value.bits);
      return c10::IValue(std::vector<int64_t>(first, first + value.count));
    }
    case CT_DOUBLES: {
      auto first = reinterpret_cast<const double *>(value.bits);
      return c10::IValue(std::vector<double>(first, first + value.count));
    }
    case CT_TENSORS: {
      c10::List<at::Tensor> list;
      list.reserve(value.count);
      auto first = reinterpret_cast<const ct_tensor *>(value.bits);
      for (uint32_t i = 0; i < value.count; i++) list.push_back(borrow(first[i]));
      return list;
    }
    case CT_OPT_TENSORS: {
      c10::List<std::optional<at::Tensor>> list;
      list.reserve(value.count);
      auto first = reinterpret_cast<const ct_tensor *>(value.bits);
      for (uint32_t i = 0; i < value.count; i++)
        list.push_back(first[i] ? std::optional<at::Tensor>(borrow(first[i])) : std::nullopt);
      return list;
    }
    case CT_DTYPE:
    case CT_MEMORY_FORMAT: return static_cast<int64_t>(value.bits);
    case CT_DEVICE: return border::device(static_cast<int32_t>(value.bits >> 32), static_cast<int32_t>(value.bits & 0xffffffff));
    case CT_GENERATOR: return *border::generator(reinterpret_cast<ct_generator>(value.bits));
    case CT_DEFAULT: break;
  }
  TORCH_CHECK(argument.default_value().has_value(), "argument '", argument.name(), "' has no default");
  return *argument.default_value();
}

struct Results {
  ct_value *values;
  size_t capacity;
  size_t count = 0;

  void add(ct_tag tag, uint64_t bits) {
    TORCH_CHECK(count < capacity, "more results than the caller has room for");
    values[count++] = {tag, 1, bits};
  }
  void add(at::Tensor tensor) {
    add(CT_TENSOR, reinterpret_cast<uint64_t>(tensor.unsafeGetTensorImpl()));
    tensor.unsafeReleaseTensorImpl();  // only now that the result holds it
  }
  void add(const c10::IValue &value) {
    if (value.isTensor()) {
      add(value.toTensor());
    } else if (value.isTensorList()) {
      for (const at::Tensor &each : value.toTensorList()) add(each);
    } else if (value.isInt()) {
      add(CT_INT, static_cast<uint64_t>(value.toInt()));
    } else if (value.isBool()) {
      add(CT_BOOL, value.toBool() ? 1 : 0);
    } else if (value.isDouble()) {
      uint64_t bits;
      double number = value.toDouble();
      std::memcpy(&bits, &number, sizeof bits);
      add(CT_DOUBLE, bits);
    } else {
      TORCH_CHECK(value.isNone(), "a result of type ", value.tagKind(), " has no place in this interface");
      add(CT_NONE, 0);
    }
  }
  void release() {
    for (size_t i = 0; i < count; i++)
      if (values[i].tag == CT_TENSOR) ct_tensor_release(reinterpret_cast<ct_tensor>(values[i].bits));
    count = 0;
  }
};

}  // namespace

int ct_op_find(const char *name, const char *overload, ct_op *op) {
  return border::guarded([&] {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(found.has_value(), "this libtorch has no operator ", name, overload[0] ? "." : "", overload);
    *op = reinterpret_cast<ct_op>(new c10::OperatorHandle(*found));
  });
}

char *ct_op_schema(ct_op op) {
  std::ostringstream text;
  text << handle(op).schema();
  return strdup(text.str().c_str());
}

void ct_string_free(char *text) { free(text); }

int ct_call(ct_op op, const ct_value *arguments, size_t argument_count, ct_value *results, size_t capacity, size_t *result_count) {
  Results written{results, capacity};
  int failed = border::guarded([&] {
    const auto &schema = handle(op).schema();
    const auto &expected = schema.arguments();
    TORCH_CHECK(argument_count <= expected.size(), schema.name(), " takes ", expected.size(), " arguments, not ", argument_count);
    torch::jit::Stack stack;
    stack.reserve(expected.size());
    for (size_t i = 0; i < expected.size(); i++)
      stack.push_back(convert(i < argument_count ? arguments[i] : ct_value{CT_DEFAULT, 0, 0}, expected[i]));
    handle(op).callBoxed(stack);
    for (const auto &value : stack) written.add(value);
  });
  if (failed) written.release();
  *result_count = written.count;
  return failed;
}

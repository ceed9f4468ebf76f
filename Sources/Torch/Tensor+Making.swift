extension Tensor {
  /// Memory with whatever was in it; on `.meta` a shape without memory.
  public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Op.empty(.ints(shape), .dtype(dtype), .none, .device(device))
  }
  public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Op.zeros(.ints(shape), .dtype(dtype), .none, .device(device))
  }
  public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Op.ones(.ints(shape), .dtype(dtype), .none, .device(device))
  }
  public static func full(_ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Op.full(.ints(shape), .double(value), .dtype(dtype), .none, .device(device))
  }

  /// start, start + step, … below end.
  public static func arange(
    _ start: Double = 0, to end: Double, by step: Double = 1, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Op.arange(.double(start), .double(end), .double(step), .dtype(dtype), .none, .device(device))
  }

  /// Standard normal numbers; the generator's device must be `device`.
  public static func randn(_ shape: [Int], generator: Generator, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Op.randn(.ints(shape), .generator(generator), .dtype(dtype), .none, .device(device))
  }

  /// Uniform numbers in [0, 1).
  public static func rand(_ shape: [Int], generator: Generator, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Op.rand(.ints(shape), .generator(generator), .dtype(dtype), .none, .device(device))
  }

  /// Uniform integers in [low, high).
  public static func randint(_ low: Int, _ high: Int, _ shape: [Int], generator: Generator, device: Device = .cpu) -> Tensor {
    Op.randint(.int(low), .int(high), .ints(shape), .generator(generator), .dtype(.int64), .none, .device(device))
  }

  /// This tensor itself if it has the device and type already, else a copy that has.
  public func to(device: Device? = nil, dtype: DType? = nil) -> Tensor {
    let sameDevice = device.map { $0.kind == self.device.kind && ($0.index < 0 || $0.index == self.device.index) } ?? true
    if isDefined, sameDevice, dtype ?? self.dtype == self.dtype { return self }
    return Op.toCopy(.tensor(self), .optional(dtype), .none, device.map(Arg.device) ?? .none)
  }
  public func to(_ dtype: DType) -> Tensor { to(device: nil, dtype: dtype) }
  public func to(_ device: Device) -> Tensor { to(device: device, dtype: nil) }
  public func clone() -> Tensor { Op.clone(.tensor(self)) }
  public func detach() -> Tensor { Op.detach(.tensor(self)) }
  /// This tensor itself or a copy in that order.
  public func contiguous(_ format: MemoryFormat = .contiguous) -> Tensor { Op.contiguous(.tensor(self), .memoryFormat(format)) }

  /// Overwrites the elements with another tensor's, converted and broadcast.
  @discardableResult
  public func copyInPlace(_ source: Tensor) -> Tensor { Op.copyInPlace(.tensor(self), .tensor(source)) }

  @discardableResult
  public func normalInPlace(mean: Double = 0, deviation: Double = 1, generator: Generator) -> Tensor {
    Op.normalInPlace(.tensor(self), .double(mean), .double(deviation), .generator(generator))
  }

  /// Overwrites the elements with uniform numbers in [low, high).
  @discardableResult
  public func uniformInPlace(_ low: Double, _ high: Double, generator: Generator) -> Tensor {
    Op.uniformInPlace(.tensor(self), .double(low), .double(high), .generator(generator))
  }
}

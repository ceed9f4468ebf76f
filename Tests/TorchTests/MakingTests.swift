import LoRWeBTorch
import Testing

@Suite("Making tensors")
struct MakingTests {
  @Test("Constant, counted and empty tensors")
  func constants() throws {
    try withTorchErrors {
      #expect(Tensor.empty([2, 3], dtype: .bfloat16).description == "[2, 3] bfloat16 cpu")
      expect(Tensor.zeros([2]), [0, 0])
      expect(Tensor.ones([1, 2], dtype: .int32), [1, 1], shape: [1, 2])
      expect(Tensor.full([2], 2.5), [2.5, 2.5])
      expect(Tensor.arange(1, to: 2, by: 0.25), [1, 1.25, 1.5, 1.75])
      expect(Tensor.arange(to: 3, dtype: .int64), [0, 1, 2])
    }
  }

  @Test("Shapes on the meta device take no memory, whatever their size")
  func meta() throws {
    try withTorchErrors {
      let huge = Tensor.empty([1 << 20, 1 << 20], device: .meta)
      #expect(huge.linear(huge).shape == [1 << 20, 1 << 20])
      #expect(huge.device == .meta)
    }
  }

  @Test("A scalar has no dimensions and one element, an empty tensor has none")
  func scalarAndEmpty() throws {
    try withTorchErrors {
      let scalar = Tensor.full([], 3)
      #expect(scalar.shape == [] && scalar.count == 1 && scalar.item() == 3)
      #expect(Tensor([Float(4)], shape: []).item() == 4)
      #expect((scalar + 1).reshaped([1]).array() == [Float(4)])
      let empty = Tensor([Float](), shape: [0, 3])
      #expect(empty.shape == [0, 3] && empty.count == 0 && empty.array() == [Float]())
      #expect(concatenated([empty, Tensor([Float(1), 2, 3], shape: [1, 3])], along: 0).shape == [1, 3])
      #expect(empty.sum().item() == 0)
      #expect(empty.withUnsafeBytes { $0.count } == 0)
    }
  }

  @Test("Elements of every Swift type arrive and come back")
  func elements() throws {
    try withTorchErrors {
      #expect(Tensor([Float(1), -2.5]).array() == [Float(1), -2.5])
      #expect(Tensor([1.5, 2]).dtype == .float64)
      #expect(Tensor([Int.max, Int.min]).array() == [Int.max, Int.min])
      #expect(Tensor([Int32(7)]).dtype == .int32)
      #expect(Tensor([UInt8(255)]).array() == [UInt8(255)])
      #expect(Tensor([true, false]).array() == [true, false])
      #expect(Tensor([0.25, 2]).array(of: Int.self) == [0, 2])
      #expect(Tensor([[1, 2], [3, 4]].flatMap(\.self), shape: [2, 2]).transposed().array() == [1, 3, 2, 4])
    }
  }

  @Test("A byte that is neither 0 nor 1 reads as true from a tensor of booleans")
  func strayBooleans() throws {
    try withTorchErrors {
      let bytes = UnsafeMutableRawPointer.allocate(byteCount: 3, alignment: 1)
      defer { bytes.deallocate() }
      bytes.copyMemory(from: [UInt8(0), 2, 255], byteCount: 3)
      let flags = Tensor(bytes: bytes, shape: [3], dtype: .bool, owner: Owner())
      #expect(flags.array().map { $0 ? 1 : 0 } == [0, 1, 1])
    }
  }

  private final class Owner {}

  @Test("A shape that the elements don't fill is an error", arguments: [[3], [-1, -2], [Int.max, 4], [], [2, 0]])
  func wrongShape(shape: [Int]) {
    #expect(throws: TorchError("tensor: 2 elements don't fill the shape \(shape)")) {
      try withTorchErrors { _ = Tensor([1.0, 2], shape: shape) }
    }
  }

  @Test("Converting copies only when it must, copies have memory of their own")
  func converting() throws {
    try withTorchErrors {
      let x = doubles([1, 2])
      #expect(x.to(.float64) === x && x.to(.cpu) === x && x.to(device: .cpu, dtype: .float64) === x)
      #expect(x.to(.bfloat16).dtype == .bfloat16)
      #expect(!x.clone().sharesStorage(with: x) && x.detach().sharesStorage(with: x))
      #expect(x.contiguous().sharesStorage(with: x))
      let pictures = Tensor.zeros([1, 2, 3, 4]).contiguous(.channelsLast)
      #expect(pictures.strides == [24, 1, 8, 2])
    }
  }

  @Test("Elements are overwritten in place")
  func overwriting() throws {
    try withTorchErrors {
      let x = doubles([1, 2])
      expect(x.copyInPlace(Tensor([Float(5)])), [5, 5])
      expect(x.copyInPlace(.full([], 3)), [3, 3])
      x.withUnsafeMutableBytes { $0.storeBytes(of: 7, toByteOffset: 8, as: Double.self) }
      expect(x, [3, 7])
    }
  }

  @Test("Every element type has torch's size and name")
  func types() throws {
    try withTorchErrors {
      for dtype in DType.allCases {
        let x = Tensor.zeros([3], dtype: dtype)
        #expect(x.dtype == dtype)
        #expect(x.storageByteCount == 3 * dtype.size && x.byteCount == 3 * dtype.size)
      }
      #expect(DType.float8E4M3.description == "float8_e4m3fn" && DType.bfloat16.isFloatingPoint && !DType.bool.isFloatingPoint)
    }
  }

  @Test("`item` is for one element")
  func item() throws {
    #expect(throws: TorchError.self) { try withTorchErrors { _ = doubles([1, 2]).item() } }
    try withTorchErrors { #expect(doubles([2.5], [1, 1]).item() == 2.5) }
  }
}

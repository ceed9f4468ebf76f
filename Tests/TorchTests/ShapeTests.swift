import LoRWeBTorch
import Testing

@Suite("Shapes")
struct ShapeTests {
  /// 0 1 2 / 3 4 5
  private let m = doubles([0, 1, 2, 3, 4, 5], [2, 3])

  @Test("Views put dimensions in another order or shape and share the memory")
  func views() throws {
    try withTorchErrors {
      expect(m.reshaped([3, -1]), [0, 1, 2, 3, 4, 5], shape: [3, 2])
      expect(m.permuted([1, 0]), [0, 3, 1, 4, 2, 5], shape: [3, 2])
      expect(m.transposed(), [0, 3, 1, 4, 2, 5], shape: [3, 2])
      expect(m.transposed(0, 1), [0, 3, 1, 4, 2, 5], shape: [3, 2])
      #expect(m.unsqueezed(0).shape == [1, 2, 3])
      #expect(m.unsqueezed(-1).squeezed(-1).shape == [2, 3])
      expect(doubles([7, 8], [2, 1]).expanded([-1, 2]), [7, 7, 8, 8], shape: [2, 2])
      #expect(m.flattened().shape == [6])
      #expect(Tensor.zeros([2, 3, 4, 5]).flattened(from: 1, to: 2).shape == [2, 12, 5])
      #expect(m.transposed().sharesStorage(with: m))
      #expect(m.transposed().strides == [1, 3] && !m.transposed().isContiguous)
      #expect(m.transposed().storageByteCount == 48 && m.transposed().byteCount == 48)
    }
  }

  @Test("Parts are views of one entry or a range")
  func parts() throws {
    try withTorchErrors {
      expect(m.narrowed(1, from: 1, count: 2), [1, 2, 4, 5], shape: [2, 2])
      expect(m.selected(0, 1), [3, 4, 5])
      expect(m.selected(1, -1), [2, 5])
      expect(m.chunked(3, along: 1)[1], [1, 4], shape: [2, 1])
    }
  }

  @Test("Chunks of more than a hundred are all there")
  func manyParts() throws {
    try withTorchErrors {
      let rows = Tensor.arange(to: 130).reshaped([130, 1])
      let parts = rows.chunked(130, along: 0)
      #expect(parts.count == 130)
      #expect(parts[129].item() == 129)
      #expect(rows.chunked(65, along: 0).map { $0.size(0) } == Array(repeating: 2, count: 65))
    }
  }

  @Test("Chunks that would not be equal are an error", arguments: [2, 4, 6, 0, -1])
  func unequalChunks(count: Int) {
    #expect(throws: TorchError.self) { try withTorchErrors { _ = Tensor.zeros([5]).chunked(count, along: 0) } }
  }

  @Test("Tensors are joined and repeated")
  func joining() throws {
    try withTorchErrors {
      expect(concatenated([m, m], along: 1).selected(0, 0), [0, 1, 2, 0, 1, 2])
      expect(stacked([doubles([1, 2]), doubles([3, 4])]), [1, 2, 3, 4], shape: [2, 2])
      expect(stacked([doubles([1, 2]), doubles([3, 4])], along: 1), [1, 3, 2, 4], shape: [2, 2])
      expect(doubles([1, 2]).repeated([2, 2]), [1, 2, 1, 2, 1, 2, 1, 2], shape: [2, 4])
      expect(doubles([1, 2]).repeatedInterleaved(2, along: 0), [1, 1, 2, 2])
    }
  }

  @Test("Entries are picked by an index tensor")
  func indexing() throws {
    try withTorchErrors {
      expect(m.entries(Tensor([2, 0]), along: 1), [2, 0, 5, 3], shape: [2, 2])
    }
  }

  @Test("Borders are constant or mirrored")
  func borders() throws {
    try withTorchErrors {
      expect(m.padded([1, 0], value: 9), [9, 0, 1, 2, 9, 3, 4, 5], shape: [2, 4])
      expect(
        m.reshaped([1, 1, 2, 3]).reflectionPadded([1, 0, 0, 1]), [1, 0, 1, 2, 4, 3, 4, 5, 1, 0, 1, 2], shape: [1, 1, 3, 4])
    }
  }

  @Test("Sizes count from either end; one that is not there is an error")
  func sizes() throws {
    try withTorchErrors {
      #expect(m.size(0) == 2 && m.size(-1) == 3)
      #expect(m.count == 6 && m.description == "[2, 3] float64 cpu")
    }
    for dimension in [2, -3] {
      #expect(throws: TorchError("size: dimension \(dimension) of a tensor of shape [2, 3]")) {
        try withTorchErrors { _ = m.size(dimension) }
      }
    }
  }
}

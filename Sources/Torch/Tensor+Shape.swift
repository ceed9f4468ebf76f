extension Tensor {
  /// The same elements in another shape; one size may be -1.
  public func reshaped(_ shape: [Int]) -> Tensor { Op.reshape(.tensor(self), .ints(shape)) }
  public func permuted(_ order: [Int]) -> Tensor { Op.permute(.tensor(self), .ints(order)) }
  public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor { Op.transpose(.tensor(self), .int(a), .int(b)) }
  public func unsqueezed(_ dimension: Int) -> Tensor { Op.unsqueeze(.tensor(self), .int(dimension)) }
  public func squeezed(_ dimension: Int) -> Tensor { Op.squeeze(.tensor(self), .int(dimension)) }
  /// A view repeating dimensions of size one; -1 keeps a size.
  public func expanded(_ shape: [Int]) -> Tensor { Op.expand(.tensor(self), .ints(shape)) }
  public func flattened(from first: Int = 0, to last: Int = -1) -> Tensor { Op.flatten(.tensor(self), .int(first), .int(last)) }

  /// A view of `length` entries from `start`.
  public func narrowed(_ dimension: Int, from start: Int, count length: Int) -> Tensor {
    Op.narrow(.tensor(self), .int(dimension), .int(start), .int(length))
  }
  /// A view of one entry, without that dimension.
  public func selected(_ dimension: Int, _ index: Int) -> Tensor { Op.select(.tensor(self), .int(dimension), .int(index)) }
  /// `count` equal views; a size that doesn't divide is an error, so the result always has `count` entries.
  public func chunked(_ count: Int, along dimension: Int) -> [Tensor] {
    guard count > 0, size(dimension) > 0, size(dimension).isMultiple(of: count) else {
      ErrorBox.record(TorchError("chunk: \(count) equal parts along dimension \(dimension) of \(self)"))
      return (0..<max(count, 0)).map { _ in .undefined }
    }
    return Op.chunk.tensors([.tensor(self), .int(count), .int(dimension)], expecting: count)
  }

  public func repeated(_ counts: [Int]) -> Tensor { Op.repeat(.tensor(self), .ints(counts)) }
  /// Each entry `count` times in a row.
  public func repeatedInterleaved(_ count: Int, along dimension: Int) -> Tensor {
    Op.repeatInterleave(
      [.tensor(self), .int(count), .int(dimension)], metaShape: shape(having: count * size(dimension), along: dimension),
      of: self)
  }
  public func entries(_ indices: Tensor, along dimension: Int) -> Tensor {
    Op.indexSelect(
      [.tensor(self), .int(dimension), .tensor(indices)], metaShape: shape(having: indices.count, along: dimension), of: self)
  }
  private func shape(having count: Int, along dimension: Int) -> [Int] {
    var shape = shape
    let place = dimension < 0 ? shape.count + dimension : dimension
    if shape.indices.contains(place) { shape[place] = count }
    return shape
  }

  /// Pads with a constant; pairs of (before, after) from the last dimension on.
  public func padded(_ amounts: [Int], value: Double = 0) -> Tensor { Op.pad(.tensor(self), .ints(amounts), .double(value)) }
  /// Pads the last two dimensions by reflection: left, right, top, bottom.
  public func reflectionPadded(_ amounts: [Int]) -> Tensor { Op.reflectionPad2d(.tensor(self), .ints(amounts)) }
}

/// Tensors one after another along a dimension they have.
public func concatenated(_ tensors: [Tensor], along dimension: Int) -> Tensor { Op.cat(.tensors(tensors), .int(dimension)) }

/// Tensors one after another along a new dimension.
public func stacked(_ tensors: [Tensor], along dimension: Int = 0) -> Tensor { Op.stack(.tensors(tensors), .int(dimension)) }

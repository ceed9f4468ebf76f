/// A GGUF file's bytes, good unless a field is told otherwise.
struct GGUFBytes {
  /// A tensor's line and data; sizes in the file's order, innermost first.
  struct Tensor {
    var name: [UInt8]
    var sizes: [UInt64]
    var type: UInt32
    var data: [UInt8]
    /// From the beginning of the data; where nil, behind the tensor before, on the alignment.
    var offset: UInt64?

    init(_ name: String, _ sizes: [UInt64], type: UInt32 = 0, data: [UInt8], offset: UInt64? = nil) {
      (self.name, self.sizes, self.type, self.data, self.offset) = (Array(name.utf8), sizes, type, data, offset)
    }
  }

  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var metadataCount: UInt64?
  /// Keys with all that follows them: type and value.
  var metadata: [(key: String, value: [UInt8])] = []
  var alignment = 32
  var tensors = [
    Tensor("a", [2, 3], data: [UInt8](repeating: 1, count: 24)),
    Tensor("b", [4], type: 1, data: [UInt8](repeating: 2, count: 8)),
  ]
  /// After the last tensor and its padding.
  var tail: [UInt8] = []

  var bytes: [UInt8] {
    var file = magic + Self.number(version)
    file += Self.number(tensorCount ?? UInt64(tensors.count)) + Self.number(metadataCount ?? UInt64(metadata.count))
    for (key, value) in metadata { file += Self.text(key) + value }
    var data: [UInt8] = []
    for tensor in tensors {
      let offset = tensor.offset ?? UInt64(data.count)
      file += Self.text(tensor.name) + Self.number(UInt32(tensor.sizes.count)) + tensor.sizes.flatMap { Self.number($0) }
      file += Self.number(tensor.type) + Self.number(offset)
      data = padded(data + tensor.data)
    }
    return padded(file) + data + tail
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
  }

  static func number(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.littleEndian, Array.init) }
  static func text(_ bytes: [UInt8]) -> [UInt8] { number(UInt64(bytes.count)) + bytes }
  static func text(_ text: String) -> [UInt8] { Self.text(Array(text.utf8)) }
  /// A metadata value that is a string.
  static func string(_ text: String) -> [UInt8] { number(UInt32(8)) + Self.text(text) }
  /// A metadata value that is an array; `count` is what the file says of its length.
  static func array(of type: UInt32, count: UInt64, _ elements: [UInt8] = []) -> [UInt8] {
    number(UInt32(9)) + number(type) + number(count) + elements
  }
}

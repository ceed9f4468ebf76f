import Foundation
import LoRWeBModels
import LoRWeBTorch
import Testing

/// Weights in memory that say where they come from: element k of row r of tensor number t (names in alphabetical order) is
/// (32768 t + r) 65536 + k, as `Proofs/layouts/make_layout_answers.py` has them.
final class NumberedWeights: WeightSource {
  let shapes: [String: [Int]]
  let names: [String]?
  /// Names in the order in which they were read.
  private(set) var reads: [String] = []
  private let numbers: [String: Int]

  /// - Parameter prefix: comes before every name.
  init(_ shapes: [String: [Int]], prefix: String = "") {
    let sorted = shapes.keys.sorted()
    names = sorted.map { prefix + $0 }
    numbers = sorted.enumerated().reduce(into: [:]) { $0[prefix + $1.element] = $1.offset }
    self.shapes = shapes.reduce(into: [:]) { $0[prefix + $1.key] = $1.value }
  }

  /// Names alone, each of one element.
  convenience init(names: some Sequence<String>) { self.init(names.reduce(into: [:]) { $0[$1] = [1] }) }

  var location: String { "memory" }
  func shape(of name: String) -> [Int]? { shapes[name] }

  func tensor(_ request: WeightRequest) throws -> Tensor {
    reads.append(request.name)
    let shape = try #require(shapes[request.name])
    return Tensor(try values(request.name, rows: 0..<(shape.first ?? 1))).reshaped(shape)
  }

  /// The elements of some rows.
  func values(_ name: String, rows: Range<Int>) throws -> [Double] {
    let (shape, number) = (try #require(shapes[name]), try #require(numbers[name]))
    let inner = shape.dropFirst().reduce(1, *)
    return rows.flatMap { row in (0..<inner).map { Double((number * 32768 + row) * 65536 + $0) } }
  }
}

extension WeightSource {
  /// A tensor asked for in the shape it has.
  func tensor(_ name: String) throws -> Tensor {
    try tensor(WeightRequest(name: name, shape: shape(of: name) ?? [], initial: .zeros))
  }
}

/// What the Python libraries made, and the full-size models' lists of names.
enum LayoutAnswers {
  struct Conversion: Decodable {
    struct Target: Decodable {
      let shape: [Int]
      let rows: [Run]
    }
    /// Rows of one of the source's tensors.
    struct Run: Decodable {
      let name: String
      let rows: Range<Int>

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        name = try list.decode(String.self)
        rows = try list.decode(Int.self)..<list.decode(Int.self)
      }
    }
    let source: [String: [Int]]
    let target: [String: Target]
  }

  static func read<Answer: Decodable>(_ name: String, as type: Answer.Type) throws -> Answer {
    try JSONDecoder().decode(type, from: Data(contentsOf: fixtures.appending(path: "Layouts/Answers/\(name).json")))
  }

  private static func list(_ file: String) -> URL {
    fixtures.deletingLastPathComponent().appending(path: "ModelsTests/Shapes/\(file)")
  }

  static func config(_ model: String) throws -> Data { try Data(contentsOf: list("\(model).json")) }

  /// Shapes by name of a full-size model.
  static func shapes(_ model: String) throws -> [String: [Int]] {
    try String(contentsOf: list("\(model).txt"), encoding: .utf8).split(separator: "\n").reduce(into: [:]) { shapes, line in
      let words = line.split(separator: " ")
      shapes[String(words[0])] = words.dropFirst().compactMap { Int($0) }
    }
  }
}

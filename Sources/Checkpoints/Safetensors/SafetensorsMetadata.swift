/// The `__metadata__` of a safetensors file: strings by string keys, in the file's order, so that a file that is read and written
/// again carries every foreign entry just as it was.
public struct SafetensorsMetadata: Sendable, ExpressibleByDictionaryLiteral {
  /// No key stands twice.
  public private(set) var entries: [(key: String, value: String)] = []

  /// Entries in the given order; of a key that stands twice the later value is kept.
  public init(_ entries: [(key: String, value: String)] = []) {
    for (key, value) in entries { self[key] = value }
  }

  public init(dictionaryLiteral elements: (String, String)...) { self.init(elements.map { (key: $0, value: $1) }) }

  /// Entries whose keys are known to differ, as the header's reader has them.
  init(distinct entries: [(key: String, value: String)]) { self.entries = entries }

  /// The value of a key. A new value takes the old one's place, a new key goes to the end, nil removes.
  public subscript(key: String) -> String? {
    get { entries.first { $0.key == key }?.value }
    set {
      let place = entries.firstIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): entries[place].value = value
      case (let place?, nil): entries.remove(at: place)
      case (nil, let value?): entries.append((key, value))
      case (nil, nil): break
      }
    }
  }

  public var isEmpty: Bool { entries.isEmpty }
}

extension SafetensorsMetadata: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
  }
}

import LoRWeBTorch

/// Something added to a linear's output.
public protocol LinearDelta {
  /// output + what the delta makes of input. Shapes: input [B, ..., in], output [B, ..., out].
  func add(to output: Tensor, input: Tensor) -> Tensor
}

/// What adapters add to linears, by the linear's path; several deltas at one path add up.
///
/// The table outlives the linears: one that is built later or twice finds its deltas. Models built with one table share its adapters.
public final class DeltaTable {
  final class Entry {
    fileprivate(set) var list: [(owner: ObjectIdentifier, delta: any LinearDelta)] = []
  }

  /// What one adapter put in; takes all of it out again.
  public final class Attachment {
    private weak var table: DeltaTable?
    private let paths: [String]

    fileprivate init(_ table: DeltaTable, _ paths: [String]) { (self.table, self.paths) = (table, paths) }

    /// Takes the deltas off again; a second time does nothing.
    public func takeOff() {
      guard let table else { return }
      let owner = ObjectIdentifier(self)
      for path in paths { table.entry(at: path).list.removeAll { $0.owner == owner } }
      self.table = nil
    }

    deinit { takeOff() }
  }

  private var entries: [String: Entry] = [:]

  public init() {}

  /// Adds deltas by path until what is given back takes them off or is let go.
  public func attach(_ deltas: [String: any LinearDelta]) -> Attachment {
    let attachment = Attachment(self, Array(deltas.keys))
    for (path, delta) in deltas { entry(at: path).list.append((ObjectIdentifier(attachment), delta)) }
    return attachment
  }

  public func count(at path: String) -> Int { entries[path]?.list.count ?? 0 }
  public var isEmpty: Bool { entries.values.allSatisfy(\.list.isEmpty) }

  func entry(at path: String) -> Entry {
    if let entry = entries[path] { return entry }
    let entry = Entry()
    entries[path] = entry
    return entry
  }
}

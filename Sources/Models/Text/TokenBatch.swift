import LoRWeBTorch

/// Token ids of a batch, checked: equally long rows of ids that the vocabulary has.
struct TokenBatch {
  let rows: [[Int]]

  /// - Throws: `ModelError.badInput`.
  init(_ rows: [[Int]], vocabulary: Int, longest: Int? = nil, model: String) throws {
    guard let length = rows.first?.count, length > 0 else {
      throw ModelError.badInput("The \(model) needs at least one row of at least one token id, got none.")
    }
    if let row = rows.first(where: { $0.count != length }) {
      throw ModelError.badInput("The \(model) needs rows of equal length, got \(length) and \(row.count) token ids; pad them.")
    }
    if let longest, length > longest {
      throw ModelError.badInput("The \(model) takes at most \(longest) token ids a row, got \(length); truncate them.")
    }
    if let id = rows.joined().first(where: { !(0..<vocabulary).contains($0) }) {
      throw ModelError.badInput(
        "Token id \(id) is not in the \(model)'s vocabulary of \(vocabulary); check that tokenizer and model belong together.")
    }
    self.rows = rows
  }

  /// int64 [B, L].
  func tensor(on device: Device) -> Tensor { Tensor(Array(rows.joined()), shape: [rows.count, rows[0].count]).to(device) }
}

import LoRWeBCheckpoints
import LoRWeBTorch

extension LoRAFile {
  /// A file's keys, sorted by what they are for.
  struct Keys {
    private(set) var pairs: [String: Pair] = [:]
    private(set) var unmatched: [String] = []
    private(set) var matched = 0
    private var others: [LeftOut: [String]] = [:]

    /// - Throws: `LoRAFileError` for another kind of adapter, a file of which nothing matches, or half a pair.
    init(_ file: SafetensorsFile, _ names: LoRANames, _ path: String) throws {
      for key in file.names {
        switch LoRAKey(key) {
        case .refused(let kind, let advice):
          throw LoRAFileError(.unsupported, path, "this is \(kind), by its key \(quoted(key)); \(advice)")
        case .leftOut(let kind): others[kind, default: []].append(key)
        case .unknown: unmatched.append(key)
        case .matrix(let module, let role):
          guard let target = names[module] else {
            unmatched.append(key)
            continue
          }
          matched += 1
          if let other = pairs[target.name, default: Pair(file: path, module: module, target: target)].set(role, key) {
            throw LoRAFileError(
              .unpaired, path, "\(quoted(other)) and \(quoted(key)) are for one place in the model; keep one of them")
          }
        }
      }
      guard !pairs.isEmpty else {
        let examples = file.names.prefix(3).map { quoted($0) }.joined(separator: ", ")
        let found = file.names.isEmpty ? "it is empty" : "its \(file.names.count) keys are like \(examples)"
        throw LoRAFileError(
          .nothingMatches, path, "no key belongs to a linear of this model, \(found); use a LoRA made for FLUX.1 and its sizes")
      }
      // An alpha alone changes nothing.
      for (name, pair) in pairs where pair.down == nil && pair.up == nil {
        pairs[name] = nil
        matched -= 1
        unmatched.append(pair.alpha ?? name)
      }
    }

    /// How many of the other tensors matter: those that aren't zero, of norms all.
    func leftOut(of file: SafetensorsFile) throws -> [LeftOut: Int] {
      try withTorchErrors {
        var counts: [LeftOut: Int] = [:]
        for (kind, keys) in others {
          let count =
            try kind == .norms ? keys.count : keys.count { try file.tensor($0).to(.float32).norm().item() != 0 }
          if count > 0 { counts[kind] = count }
        }
        return counts
      }
    }
  }

  /// The two matrices of one place in the model, and their alpha, by their keys.
  struct Pair {
    let file: String
    /// What the file calls it, without prefix.
    let module: String
    let target: LoRANames.Target
    private(set) var down, up, alpha: String?

    init(file: String, module: String, target: LoRANames.Target) {
      (self.file, self.module, self.target) = (file, module, target)
    }

    /// Notes a key; the one that was there already, if one was.
    mutating func set(_ role: LoRAKey.Role, _ key: String) -> String? {
      let place: WritableKeyPath<Pair, String?> =
        switch role {
        case .down: \.down
        case .up: \.up
        case .alpha: \.alpha
        }
      let old = self[keyPath: place]
      self[keyPath: place] = key
      return old
    }

    /// - Throws: `LoRAFileError` for half a pair, or tensors that don't fit each other and the model.
    func layer(from source: SafetensorsFile, _ scales: LoRAScales) throws -> LoRA.Layer {
      guard let down, let up else {
        throw LoRAFileError(
          .unpaired, file,
          "\(quoted(down ?? up ?? module)) is there without its \(down == nil ? "down matrix (A)" : "up matrix (B)"); "
            + "copy or download the file again")
      }
      let (a, b) = (try matrix(down, source), try matrix(up, source))
      let rank = a.size(0)
      guard a.size(1) == target.inputs else { throw bad(down, a, "[R, \(target.inputs)] for this model\(control(a))") }
      guard b.size(0) == target.rows.reduce(0, +), b.size(1) == rank else {
        throw bad(up, b, "[\(target.rows.reduce(0, +)), \(rank)] for this model and its other half")
      }
      var value: Double?
      if let alpha {
        let tensor = try source.tensor(alpha)
        guard tensor.count == 1, case let number = tensor.item(), number.isFinite, number != 0 else {
          throw LoRAFileError(.badTensor, file, "\(quoted(alpha)) should be one number other than 0; save the LoRA again")
        }
        value = number
      }
      let scale = scales.scale(of: module, rank: rank, alpha: value, isKohya: down.hasSuffix(".lora_down.weight"))
      return LoRA.Layer(down: a, up: target.swapsHalves ? LoRANames.swapped(b) : b, scale: scale)
    }

    /// What of a matrix each linear of the place gets.
    func shares(_ layer: LoRA.Layer) -> [LoRA.Layer?] {
      target.parts.count == 1 ? [layer] : layer.split(rows: target.rows)
    }

    private func matrix(_ key: String, _ source: SafetensorsFile) throws -> Tensor {
      let tensor = try source.tensor(key)
      guard tensor.shape.count == 2, tensor.count > 0, tensor.dtype.isFloatingPoint else {
        throw bad(key, tensor, "a matrix of floating numbers")
      }
      let known: [DType] = [.float32, .float16, .bfloat16]
      let matrix = known.contains(tensor.dtype) ? tensor : tensor.to(.float32)
      guard matrix.isFinite().all() else {
        throw LoRAFileError(.badTensor, file, "some values of \(quoted(key)) are not finite numbers; download the file again")
      }
      return matrix
    }

    private func control(_ down: Tensor) -> String {
      target.parts[0].path == "x_embedder" && down.size(1) > target.inputs
        ? " (a control LoRA, which takes another picture as further input channels, needs a model that has them)" : ""
    }

    private func bad(_ key: String, _ found: Tensor, _ expected: String) -> LoRAFileError {
      LoRAFileError(
        .badTensor, file,
        "\(quoted(key)) has shape \(found.shape) and type \(found.dtype), expected \(expected); use a LoRA made for this model")
    }
  }
}

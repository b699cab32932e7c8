/** Why a server did not come up or ended, as its output tells it. */
export interface ServerFault {
  readonly kind: FaultKind;
  /** What happened, as a sentence. */
  readonly what: string;
  /** What a person can do about it, as a sentence. */
  readonly next: string;
  /** The line that says so, as the server wrote it, at most 300 characters. */
  readonly line: string;
}

export const FAULT_KINDS = [
  'missingExecutable',
  'unusableExecutable',
  'missingPackage',
  'badArguments',
  'portTaken',
  'containerDaemon',
  'containerGpu',
  'missingImage',
  'oldDriver',
  'unsupportedGpu',
  'wrongGpu',
  'noGpu',
  'gatedWeights',
  'noWeights',
  'unreachableWeights',
  'fullDisk',
  'unsupportedModel',
  'unsupportedQuantization',
  'gpuInUse',
  'smallCache',
  'graphMemory',
  'outOfMemory',
  'systemMemory',
  'openToAll',
  'notReady',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Faults that a server which had been ready may be over with the next start; all others come again. */
const PASSING: readonly FaultKind[] = ['outOfMemory', 'graphMemory', 'systemMemory', 'gpuInUse'];

/** Whether starting the same command again can help. A fault that nobody knows may be any, so it can. */
export function canPass(fault: Pick<ServerFault, 'kind'> | undefined, wasReady: boolean): boolean {
  return fault === undefined || (wasReady && PASSING.includes(fault.kind));
}

interface FaultRow {
  readonly kind: FaultKind;
  readonly patterns: readonly RegExp[];
  readonly what: string;
  readonly next: string;
}

/*
 * Lines as the servers write them, the cause before what follows from it: the first row of which a line is there counts. Taken from the sources and
 * issues of SGLang (model_runner.py, cuda_graph_runner.py, engine.py), vLLM (worker/utils.py, core/kv_cache_utils.py, models/registry.py, config/vllm.py),
 * PyTorch (torch/cuda/__init__.py, c10/cuda), transformers and huggingface_hub (utils/hub.py), llama.cpp (llama-model.cpp, server-http.cpp), Ollama
 * and docker. `next` names options of SGLang first and of vLLM second.
 */
const ROWS: readonly FaultRow[] = [
  {
    kind: 'missingExecutable',
    patterns: [/: no such executable$/m, /exec: ".*": executable file not found in \$PATH/],
    what: 'The program of the command was not found.',
    next: 'Install it, or write its whole path into reflex_server.command (for a virtual environment: /path/to/.venv/bin/python).',
  },
  {
    kind: 'unusableExecutable',
    patterns: [/: cannot be started \(/],
    what: 'The program of the command is there and cannot be run.',
    next: 'EACCES: it may not be run (chmod +x), or it is a folder. Otherwise see whether it was made for this system. reflex_server.command names it.',
  },
  {
    kind: 'missingPackage',
    patterns: [/ModuleNotFoundError: No module named '[\w.]+'/, /: No module named [\w.]+$/m],
    what: 'This Python has not got the package.',
    next: 'Use the Python of the environment in which the server is installed: write its whole path into reflex_server.command.',
  },
  {
    kind: 'badArguments',
    patterns: [
      /error: unrecognized arguments: /,
      /error: argument .*: (?:invalid |expected )/,
      /error: the following arguments are required: /,
      /^error: invalid argument: /m,
      /^Error: unknown (?:flag|command|shorthand flag)/m,
    ],
    what: 'The server does not understand one of its options.',
    next: 'Correct reflex_server.command; options change between versions, and the server lists its own with --help.',
  },
  {
    kind: 'portTaken',
    patterns: [
      /error while attempting to bind on address/,
      /couldn't bind HTTP server socket/,
      /bind: (?:address already in use|Only one usage of each socket address)/,
      /\[Errno (?:98|48|10048)\] Address already in use/i,
      /Bind for .* failed: port is already allocated/,
      /EADDRINUSE/,
    ],
    what: 'Something else has the port of the server.',
    next: 'End what listens there (ss -ltnp shows it), or give both the command and the worker another port.',
  },
  {
    kind: 'containerDaemon',
    patterns: [/Cannot connect to the Docker daemon/, /failed to connect to the docker API/],
    what: 'The container service does not run.',
    next: 'Start it (systemctl start docker, or Docker Desktop).',
  },
  {
    kind: 'containerGpu',
    patterns: [
      /could not select device driver ".*" with capabilities: \[\[gpu\]\]/,
      /nvidia-container-cli: (?:initialization|device) error/,
      /unresolvable CDI devices? nvidia\.com\/gpu/,
    ],
    what: 'The container gets no GPU.',
    next: 'Install the NVIDIA Container Toolkit and set it up for your container service (nvidia-ctk runtime configure), then restart that service.',
  },
  {
    kind: 'missingImage',
    patterns: [
      /(?:pull access denied|manifest unknown|manifest for \S+ not found|repository does not exist)/,
      /Unable to find image .*\n.*(?:no such host|timeout)/,
    ],
    what: 'The image of the container was not found.',
    next: 'Check its name and tag, and pull it once by hand (docker pull).',
  },
  {
    kind: 'oldDriver',
    patterns: [
      /The NVIDIA driver on your system is too old \(found version \d+\)/,
      /CUDA driver version is insufficient for CUDA runtime version/,
      /Failed to initialize NVML: Driver\/library version mismatch/,
    ],
    what: 'The NVIDIA driver is older than what the server was built for.',
    next: 'Update the driver (a Blackwell card needs one for CUDA 12.8 or newer) and restart the computer, or install a build of the server for your CUDA version (nvidia-smi shows it).',
  },
  {
    kind: 'unsupportedGpu',
    patterns: [
      /no kernel image is available for execution on the device/,
      /with CUDA capability sm_\d+ is not compatible with the current PyTorch installation/,
      /'?sm_\d+a?'? is not a recognized processor/,
      /ptxas fatal\s*:\s*Value 'sm_\d+a?' is not defined/,
    ],
    what: 'This build of the server has no code for your GPU.',
    next: 'Install a build for it: for an RTX 5090 (sm_120) PyTorch for CUDA 12.8 or newer, and with SGLang --attention-backend flashinfer.',
  },
  {
    kind: 'wrongGpu',
    patterns: [/CUDA error: invalid device ordinal/, /invalid device ordinal/, /CUDA_ERROR_INVALID_DEVICE/],
    what: 'The command asks for a GPU with a number that this computer has not got.',
    next: 'See what there is with nvidia-smi -L, and correct CUDA_VISIBLE_DEVICES, --gpus, --base-gpu-id or the tensor parallel size (--tp, --tensor-parallel-size).',
  },
  {
    kind: 'noGpu',
    patterns: [
      /No CUDA GPUs are available/,
      /Found no NVIDIA driver on your system/,
      /no CUDA-capable device is detected/,
      /Failed to infer device type/,
      /No accelerator \(CUDA, XPU, HPU(?:, NPU)?\) is available/i,
      /Torch not compiled with CUDA enabled/,
    ],
    what: 'The server found no GPU.',
    next: 'See whether nvidia-smi shows one here. In WSL update the Windows driver; in a container add --gpus all; and see that CUDA_VISIBLE_DEVICES is not empty.',
  },
  {
    kind: 'gatedWeights',
    patterns: [
      /Cannot access gated repo for url/,
      /You are trying to access a gated repo/,
      /GatedRepoError/,
      /401 Client Error.*huggingface\.co/,
    ],
    what: 'The weights are behind a licence or a login.',
    next: 'Accept the licence on the page of the model and put a token into HF_TOKEN; reflex_server.keys = ["HF_TOKEN"] lets the server have it.',
  },
  {
    kind: 'noWeights',
    patterns: [
      /is not a local folder and is not a valid model identifier listed on/,
      /Cannot find any model weights with/,
      /RepositoryNotFoundError|Repository Not Found for url/,
      /does not appear to have a file named config\.json/,
      /Can't load the configuration of '/,
      /failed to open GGUF file/,
      /error loading model: .*(?:failed to open|No such file)/,
      /HFValidationError: Repo id must be/,
      /model '[^']+' not found/,
    ],
    what: 'The weights are not there.',
    next: 'Check the path or the id of the model in the command (ids are those of huggingface.co, e.g. Qwen/Qwen3-32B-AWQ), and that the download was whole.',
  },
  {
    kind: 'unreachableWeights',
    patterns: [
      /We couldn't connect to '?https:\/\/huggingface\.co/,
      /(?:NameResolutionError|Max retries exceeded|ConnectTimeout).*huggingface\.co/,
      /huggingface\.co.*(?:NameResolutionError|Max retries exceeded)/,
      /OfflineModeIsEnabled|LocalEntryNotFoundError/,
    ],
    what: 'The weights are not on this computer, and huggingface.co cannot be reached.',
    next: 'Download them once where there is a network (hf download ID), or name a folder that holds them.',
  },
  {
    kind: 'fullDisk',
    patterns: [/No space left on device/],
    what: 'The disk is full.',
    next: 'Make room; weights lie in ~/.cache/huggingface (HF_HOME), compiled kernels in ~/.cache.',
  },
  {
    kind: 'unsupportedModel',
    patterns: [
      /Model architectures? .* (?:are|is) not supported for now/,
      /unknown model architecture: '/,
      /Transformers does not recognize this architecture/,
      /Unsupported architectures?:? /,
    ],
    what: 'This version of the server does not know the architecture of the model.',
    next: 'Update the server, or choose a model that it lists as supported.',
  },
  {
    kind: 'unsupportedQuantization',
    patterns: [
      /The quantization method \S+ is not supported for the current GPU/,
      /Unknown quantization method:? /,
      /Quantization method specified in the model config \(.*\) does not match/,
      /invalid ggml type \d+/,
    ],
    what: 'The quantisation of these weights does not run on this GPU or server.',
    next: 'Choose weights in another one: AWQ or FP8 run widely, NVFP4 needs Blackwell.',
  },
  {
    kind: 'gpuInUse',
    patterns: [
      /Free memory on device .* on startup is less than desired GPU memory utilization/,
      /CUDA-capable device\(s\) is\/are busy or unavailable/,
    ],
    what: 'Other programs hold too much of the GPU memory.',
    next: 'End them (nvidia-smi shows which), or ask for less with --gpu-memory-utilization.',
  },
  {
    kind: 'smallCache',
    patterns: [
      /Not enough memory\. Please try to increase --mem-fraction-static/,
      /No available memory for the cache blocks/,
      /is larger than the maximum number of tokens that can be stored in KV cache/,
      /KV cache is needed, which is larger than the available KV cache memory/,
    ],
    what: 'Beside the weights too little GPU memory is left for the context.',
    next: 'Shorten the context (--context-length, --max-model-len), store it in 8 bits (--kv-cache-dtype fp8_e4m3, fp8), allow more (--mem-fraction-static, --gpu-memory-utilization), or take smaller weights. `speckit reflex plan` reckons it.',
  },
  {
    kind: 'graphMemory',
    patterns: [/Capture cuda graph failed: .*(?:out of memory|OutOfMemory)/],
    what: 'The memory did not suffice to capture CUDA graphs.',
    next: 'Lower --mem-fraction-static to 0.80, or set --cuda-graph-max-bs 1 (vLLM: --enforce-eager).',
  },
  {
    kind: 'outOfMemory',
    patterns: [
      /CUDA out of memory/,
      /torch\.(?:cuda\.)?OutOfMemoryError/,
      /CUDA error: out of memory/,
      /cudaMalloc failed: out of memory/,
      /unable to allocate CUDA\d+ buffer/,
    ],
    what: 'The GPU has run out of memory.',
    next: 'End other programs on it (nvidia-smi shows which), lower --mem-fraction-static or --gpu-memory-utilization by 0.05, shorten the context, or take smaller weights. `speckit reflex plan` reckons it.',
  },
  {
    kind: 'systemMemory',
    patterns: [
      /ended by SIGKILL, which was not ours/,
      /exit code 137/,
      /DefaultCPUAllocator: can't allocate memory/,
      /std::bad_alloc/,
      /^MemoryError$/m,
    ],
    what: 'The system ended the server, most often because the main memory was full.',
    next: 'Look at the output of `free -g` and `dmesg`; end other programs, add swap, or take smaller weights.',
  },
];

/** Found by looking at the open port and not by a line: the server is reachable from other computers. */
export const OPEN_TO_ALL: ServerFault = {
  kind: 'openToAll',
  what: 'The server listens on more than this computer, so it was ended: everybody in your network could use it without a key.',
  next: 'Let it listen on 127.0.0.1 (--host 127.0.0.1; a container: -p 127.0.0.1:PORT:PORT), or write allow_remote = true under [reflex_server] if that is what you want.',
  line: '',
};

/** It runs and does not answer. */
export function notReadyFault(seconds: number): ServerFault {
  return {
    kind: 'notReady',
    what: `The server was not ready within ${seconds} s, so it was ended.`,
    next: 'See its log for what it was doing. If it was loading or compiling, raise reflex_server.ready_seconds; if it serves on another port, give the worker that one.',
    line: '',
  };
}

const LINE_CAP_CHARACTERS = 300;

/**
 * What went wrong, from all that a server printed (and, as lines of the same kind, how it ended). Undefined where no line is known. Never throws.
 */
export function faultOf(output: string): ServerFault | undefined {
  for (const { kind, patterns, what, next } of ROWS) {
    const found = patterns.map((pattern) => pattern.exec(output)).find((match) => match !== null);
    if (found !== undefined) return { kind, what, next, line: lineAt(output, found.index) };
  }
  return undefined;
}

function lineAt(output: string, index: number): string {
  const start = output.lastIndexOf('\n', index - 1) + 1;
  const end = output.indexOf('\n', index);
  return output
    .slice(start, end === -1 ? undefined : end)
    .trim()
    .slice(0, LINE_CAP_CHARACTERS);
}

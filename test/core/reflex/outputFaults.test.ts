import assert from 'node:assert/strict';
import { canPass, FAULT_KINDS, faultOf, type FaultKind } from '../../../src/core/reflex/outputFaults.ts';

/** What servers really print (their sources, and reports of people), a kind at a time; the line that names the fault is the one expected. */
const CASES: readonly (readonly [kind: FaultKind, line: string, output?: string])[] = [
  ['missingExecutable', '/opt/venv/bin/python: no such executable'],
  ['unusableExecutable', '/opt/venv: cannot be started (EACCES)'],
  [
    'missingExecutable',
    'docker: Error response from daemon: failed to create task for container: exec: "vllm": executable file not found in $PATH: unknown.',
  ],
  ['missingPackage', '/usr/bin/python: No module named sglang'],
  [
    'missingPackage',
    "/usr/bin/python3: Error while finding module specification for 'sglang.launch_server' (ModuleNotFoundError: No module named 'sglang')",
  ],
  ['badArguments', 'launch_server.py: error: unrecognized arguments: --mem-fraction 0.8'],
  ['badArguments', "vllm serve: error: argument --max-model-len: invalid human_readable_int value: '32K tokens'"],
  ['badArguments', 'error: invalid argument: --ngl'],
  [
    'portTaken',
    "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 3009): address already in use",
  ],
  ['portTaken', "srv  start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080"],
  ['portTaken', 'Error: listen tcp 127.0.0.1:11434: bind: address already in use'],
  [
    'portTaken',
    'docker: Error response from daemon: driver failed programming external connectivity: Bind for 127.0.0.1:3009 failed: port is already allocated.',
  ],
  [
    'containerDaemon',
    'docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  ],
  ['containerGpu', 'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].'],
  ['missingImage', 'docker: Error response from daemon: manifest for lmsysorg/sglang:nope not found: manifest unknown'],
  [
    'oldDriver',
    'RuntimeError: The NVIDIA driver on your system is too old (found version 12080). Please update your GPU driver by downloading and installing a new version',
  ],
  ['unsupportedGpu', 'RuntimeError: CUDA error: no kernel image is available for execution on the device'],
  [
    'unsupportedGpu',
    'NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.',
  ],
  ['unsupportedGpu', "'sm_120' is not a recognized processor for this target (ignoring processor)"],
  ['wrongGpu', 'RuntimeError: CUDA error: invalid device ordinal'],
  ['noGpu', 'RuntimeError: No CUDA GPUs are available'],
  [
    'noGpu',
    'RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx',
  ],
  [
    'noGpu',
    'RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG` to turn on verbose logging',
  ],
  [
    'gatedWeights',
    'Cannot access gated repo for url https://huggingface.co/meta-llama/Llama-2-7b/resolve/main/config.json.',
    'huggingface_hub.utils._errors.GatedRepoError: 401 Client Error. (Request ID: Root=1-6614)\n\n',
  ],
  [
    'noWeights',
    "OSError: Qwen/Qwen3-32B-Instruct-AWQ is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'",
  ],
  ['noWeights', 'RuntimeError: Cannot find any model weights with `/home/ada/models/qwen`'],
  ['noWeights', "gguf_init_from_file: failed to open GGUF file '/models/qwen.gguf' (No such file or directory)"],
  [
    'unreachableWeights',
    "OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached files.",
  ],
  ['fullDisk', 'OSError: [Errno 28] No space left on device'],
  [
    'unsupportedModel',
    "ValueError: Model architectures ['DFlash2DraftModel'] are not supported for now. Supported architectures: dict_keys(['LlamaForCausalLM'])",
  ],
  ['unsupportedModel', "llama_model_load: error loading model: unknown model architecture: 'qwen35'"],
  [
    'unsupportedQuantization',
    'ValueError: The quantization method mxfp4 is not supported for the current GPU. Minimum capability: 80. Current capability: 75.',
  ],
  [
    'gpuInUse',
    'ValueError: Free memory on device cuda:0 (12.18/23.56 GiB) on startup is less than desired GPU memory utilization (0.92, 21.67 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.',
    '(APIServer pid=1) RuntimeError: Engine core initialization failed.\n',
  ],
  ['smallCache', 'RuntimeError: Not enough memory. Please try to increase --mem-fraction-static.'],
  [
    'smallCache',
    'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine.',
  ],
  [
    'smallCache',
    "ValueError: To serve at least one request with the model's max seq len (917504), 23.38 GiB KV cache is needed, which is larger than the available KV cache memory (22.61 GiB).",
  ],
  [
    'graphMemory',
    'Exception: Capture cuda graph failed: CUDA out of memory. Tried to allocate 4.93 GiB.',
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 4.93 GiB.\n',
  ],
  [
    'outOfMemory',
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 42.00 MiB. GPU 0 has a total capacity of 23.49 GiB of which 55.38 MiB is free.',
  ],
  [
    'outOfMemory',
    'ggml_backend_cuda_buffer_type_alloc_buffer: allocating 13285.50 MiB on device 0: cudaMalloc failed: out of memory',
  ],
  ['systemMemory', 'ended by SIGKILL, which was not ours'],
  ['systemMemory', 'ended with exit code 137'],
];

describe('why a server did not come up', () => {
  for (const [kind, line, before = ''] of CASES)
    it(`${kind}: ${line.slice(0, 70)}`, () => {
      const after =
        '\n[2026-11-21 21:00:00] Received sigquit from a child process. It usually means the child failed.\nKilled\n';
      const fault = faultOf(`[2026-11-21 20:59:00] Load weight begin.\n${before}${line}${after}`);
      assert.deepEqual([fault?.kind, fault?.line], [kind, line.slice(0, 300)]);
      assert.match(fault?.what ?? '', /^[A-Z].*\.$/);
      assert.match(fault?.next ?? '', /^[A-Z].*\.$/);
    });

  it('has a real line for every kind but the two that are seen from outside', () => {
    const shown = new Set(CASES.map(([kind]) => kind));
    assert.deepEqual(
      FAULT_KINDS.filter((kind) => !shown.has(kind)),
      ['openToAll', 'notReady'],
    );
  });

  it('names the cause and not what follows from it', () => {
    const output = [
      "ModuleNotFoundError: No module named 'flash_attn'",
      'torch.OutOfMemoryError: CUDA out of memory.',
    ].join('\n');
    assert.equal(faultOf(output)?.kind, 'missingPackage');
  });

  it('knows nothing of what a healthy server prints', () => {
    const healthy = [
      "[2026-11-21] Ignore import error when loading sglang.srt.models.kimi: No module named 'tiktoken'",
      '[2026-11-21] WARNING: vLLM: Failed to import from vllm._C with ModuleNotFoundError("No module named \'vllm._C\'")',
      '[2026-11-21] Memory pool end. avail mem=2.44 GB',
      '[2026-11-21] Capture cuda graph end. Time elapsed: 2.19 s',
      'INFO:     Uvicorn running on http://127.0.0.1:3009 (Press CTRL+C to quit)',
      '',
    ].join('\n');
    assert.equal(faultOf(healthy), undefined);
    assert.equal(faultOf(''), undefined);
  });

  it('is tried again only where the next start may go better', () => {
    assert.deepEqual(
      [
        canPass(undefined, false),
        canPass(undefined, true),
        canPass({ kind: 'outOfMemory' }, false),
        canPass({ kind: 'outOfMemory' }, true),
        canPass({ kind: 'noWeights' }, true),
      ],
      [true, true, false, true, false],
    );
  });
});

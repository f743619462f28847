import time

import numpy as np
import triton_python_backend_utils as pb

PAUSE_S = 0.02


class TritonPythonModel:
    """Repeats text_input word by word; at the word `fail` it fails, at `wait` it waits for ten seconds."""

    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            for word in pb.get_input_tensor_by_name(request, "text_input").as_numpy()[0].decode().split():
                if word == "fail":
                    sender.send(pb.InferenceResponse([], pb.TritonError("the model failed")))
                    break
                sender.send(pb.InferenceResponse([pb.Tensor("text_output", np.array([word.encode()], dtype=np.object_))]))
                time.sleep(10 if word == "wait" else PAUSE_S)
            sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None

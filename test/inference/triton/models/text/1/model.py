import numpy as np
import triton_python_backend_utils as pb


class TritonPythonModel:
    """text_output repeats text_input"""

    def execute(self, requests):
        responses = []
        for request in requests:
            text = pb.get_input_tensor_by_name(request, "text_input").as_numpy()[0]
            output = pb.Tensor("text_output", np.array([b"echo: " + text], dtype=np.object_))
            responses.append(pb.InferenceResponse([output]))
        return responses

// The page and the document stand side by side, also behind a proxy that adds a prefix to the path.
SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });

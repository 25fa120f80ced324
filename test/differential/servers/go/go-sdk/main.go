// The Go SDK over Streamable HTTP, stateless, answers in JSON.
package main

import (
	"context"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/yosida95/uritemplate/v3"

	"differential/record"
)

func main() {
	server := mcp.NewServer(&mcp.Implementation{Name: "go-sdk", Version: "1.0.0"}, nil)
	for _, tool := range []string{"read_x", "delete_all"} {
		mcp.AddTool(server, &mcp.Tool{Name: tool}, func(_ context.Context, request *mcp.CallToolRequest, _ map[string]any) (*mcp.CallToolResult, any, error) {
			record.Ran("tool "+tool, request.Extra.Header)
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "done"}}}, nil, nil
		})
	}
	for name, uri := range record.Resources {
		server.AddResource(&mcp.Resource{Name: name, URI: uri}, func(_ context.Context, request *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
			record.Ran("resource "+name, request.Extra.Header)
			return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: uri, Text: name}}}, nil
		})
	}
	template := uritemplate.MustNew(record.Template)
	server.AddResourceTemplate(&mcp.ResourceTemplate{Name: "vault", URITemplate: record.Template}, func(_ context.Context, request *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		name := template.Match(request.Params.URI).Get("name").String()
		record.Ran("resource "+record.NameInVault(name), request.Extra.Header)
		return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: request.Params.URI, Text: name}}}, nil
	})
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true})
	record.Serve(handler)
}

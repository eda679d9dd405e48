//go:build tools

package tools

import _ "github.com/osscontainertools/kaniko/cmd/executor"

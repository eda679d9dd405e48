// A Jenkins whose release agents can write to a bucket.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	jenkins "jenkins-platform/sdk/go/jenkinsplatform"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		spot := jenkins.CapacitySpot
		platform, err := jenkins.NewJenkinsPlatform(ctx, "jenkins", &jenkins.JenkinsPlatformArgs{
			Agents: []jenkins.AgentTemplateArgs{
				{
					Name:      pulumi.StringRef("build"),
					Capacity:  &spot,
					Cpu:       pulumi.IntRef(1024),
					MemoryMib: pulumi.IntRef(2048),
				},
				{
					Name: pulumi.StringRef("release"),
					PolicyStatements: []jenkins.PolicyStatementArgs{{
						Actions:   []string{"s3:PutObject"},
						Resources: []pulumi.StringInput{pulumi.String("arn:aws:s3:::my-releases/*")},
					}},
				},
			},
			Tags: map[string]string{"team": "build"},
		})
		if err != nil {
			return err
		}
		ctx.Export("jenkinsUrl", platform.Url)
		ctx.Export("labels", platform.AgentLabels)
		return nil
	})
}

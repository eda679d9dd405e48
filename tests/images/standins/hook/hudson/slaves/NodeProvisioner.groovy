package hudson.slaves

class NodeProvisioner {
    enum StrategyDecision { CONSULT_REMAINING_STRATEGIES, PROVISIONING_COMPLETED }

    static class PlannedNode {
        String displayName
        def future
    }

    static class StrategyState {
        def label
        Map snapshot
        int plannedCapacitySnapshot
        List recorded = []

        void recordPendingLaunches(Collection planned) { recorded.addAll(planned) }
    }

    static abstract class Strategy {
        abstract StrategyDecision apply(StrategyState state)
    }
}

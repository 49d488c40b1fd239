package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.Lab;
import java.util.List;
import java.util.Map;

/** Hands on VMs that ask nobody. */
final class VmVerbs {
    private static final List<String> HOW = List.of("destroy", "kill");

    private VmVerbs() {}

    static void addTo(Map<String, Verb> verbs) {
        verbs.put("start-vm", VmVerbs::start);
        verbs.put("stop-vm", VmVerbs::stop);
    }

    private static Action start(Yaml value, Cast cast) {
        Keys keys = value.keys("start-vm");
        String vm = cast.vm(keys.need("vm"));
        String host = cast.host(keys.need("on"));
        keys.end();
        return (stage, step) -> {
            stage.cell().gate().start(vm, host, "", true);
            return System.nanoTime();
        };
    }

    private static Action stop(Yaml value, Cast cast) {
        Keys keys = value.keys("stop-vm");
        String vm = cast.vm(keys.need("vm"));
        String host = cast.host(keys.need("on"));
        String how = keys.oneOf("how", HOW, "destroy");
        keys.end();
        return (stage, step) -> {
            Lab lab = stage.cell().lab();
            if (how.equals("destroy")) {
                lab.destroyVm(vm, host);
            } else {
                // By its UUID, which only this VM's qemu has among its arguments.
                lab.box(host)
                        .inside("pkill", "-KILL", "-f", "[-]uuid " + lab.plan().uuidOf(vm))
                        .check("cannot kill the qemu of " + vm + " on " + host);
            }
            return System.nanoTime();
        };
    }
}

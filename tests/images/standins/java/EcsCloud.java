import org.apache.commons.lang.RandomStringUtils;

/** Stands in for the class of the amazon-ecs plugin that Commons Lang is missing for. */
public class EcsCloud {
    public static String provision() {
        return RandomStringUtils.random(5, "x");
    }
}
